"use strict";
// What the tools are called, take and give. tools.py of rig-pack-echo says the same.

const FAILURES = [
    "tool_error",
    "upstream_error",
    "validation_failed",
    "secret_missing",
    "rate_limited",
    "timeout",
    "cancelled",
    "unknown_outcome",
    "approval_required",
    "exception",
    "output_invalid",
    "no_json",
    "exit",
    "crash",
    "hang",
];

const TOOLS = [
    {
        rtp: "1.0",
        name: "say",
        title: "Say",
        description:
            "Gives back the text it was given, once or repeated. Use it to see that calls " +
            "arrive.",
        risk: "read",
        input_schema: {
            type: "object",
            properties: {
                text: {
                    type: "string",
                    description: "What to say.",
                    minLength: 1,
                    maxLength: 100000,
                },
                repeat: {
                    type: "integer",
                    description: "How many times, one after the other. Default: 1.",
                    minimum: 1,
                    maximum: 100,
                },
            },
            required: ["text"],
            additionalProperties: false,
        },
        output_schema: {
            type: "object",
            properties: { text: { type: "string" } },
            required: ["text"],
            additionalProperties: false,
        },
        tags: ["echo"],
        examples: [
            { args: { text: "hello" }, output: { text: "hello" } },
            { args: { text: "ha", repeat: 3 }, output: { text: "hahaha" } },
        ],
    },
    {
        rtp: "1.0",
        name: "fail",
        title: "Fail",
        description:
            "Fails on purpose, in the way `type` names: with an error of that type, or by an " +
            "exception, a broken output (output_invalid, no_json), an exit, a crash of the " +
            "worker, or a call that never ends (hang). Use it to see what a failure looks " +
            "like.",
        risk: "read",
        input_schema: {
            type: "object",
            properties: {
                type: {
                    type: "string",
                    description: "The way to fail.",
                    enum: FAILURES,
                },
                message: {
                    type: "string",
                    description: "What the error says.",
                    minLength: 1,
                    maxLength: 1000,
                },
                retryable: {
                    type: "boolean",
                    description: "Whether the error says that another try may succeed.",
                },
                code: {
                    type: "string",
                    description: "A finer word for the error.",
                    pattern: "^[A-Za-z0-9_.:-]{1,64}$",
                },
                details: {
                    type: "object",
                    description: "Facts to send with the error.",
                },
            },
            required: ["type"],
            additionalProperties: false,
        },
        output_schema: {
            type: "object",
            properties: { never: { type: "boolean" } },
            required: ["never"],
            additionalProperties: false,
        },
        error_schema: { type: "object" },
        tags: ["echo"],
    },
    {
        rtp: "1.0",
        name: "sleep",
        title: "Sleep",
        description:
            "Waits for the given number of seconds, tells its progress ten times if asked " +
            "to, and stops early when the call is cancelled.",
        risk: "read",
        input_schema: {
            type: "object",
            properties: {
                seconds: {
                    type: "number",
                    description: "How long to wait.",
                    minimum: 0,
                    maximum: 300,
                },
                progress: {
                    type: "boolean",
                    description: "Whether to tell the progress. Default: false.",
                },
            },
            required: ["seconds"],
            additionalProperties: false,
        },
        output_schema: {
            type: "object",
            properties: { slept_seconds: { type: "number", minimum: 0 } },
            required: ["slept_seconds"],
            additionalProperties: false,
        },
        timeout_ms: 310000,
        tags: ["echo"],
        examples: [{ args: { seconds: 0 }, output: { slept_seconds: 0 } }],
    },
    {
        rtp: "1.0",
        name: "big",
        title: "Big answer",
        description:
            "Answers with a text of the given size. Use it to see what happens to large " +
            "outputs.",
        risk: "read",
        input_schema: {
            type: "object",
            properties: {
                bytes: {
                    type: "integer",
                    description: "Length of the text in the answer.",
                    minimum: 0,
                    maximum: 268435456,
                },
            },
            required: ["bytes"],
            additionalProperties: false,
        },
        output_schema: {
            type: "object",
            properties: { text: { type: "string" } },
            required: ["text"],
            additionalProperties: false,
        },
        tags: ["echo"],
        examples: [{ args: { bytes: 4 }, output: { text: "xxxx" } }],
    },
    {
        rtp: "1.0",
        name: "write_note",
        title: "Write a note",
        description:
            "Writes a note to a file of its own. A note that exists is never overwritten: " +
            "the second one of the same title gets a number.",
        risk: "write",
        input_schema: {
            type: "object",
            properties: {
                title: {
                    type: "string",
                    description: "Names the file: letters, digits, spaces, - and _.",
                    pattern: "^[A-Za-z0-9][A-Za-z0-9 _-]{0,63}$",
                },
                text: {
                    type: "string",
                    description: "What the note says.",
                    maxLength: 100000,
                },
            },
            required: ["title", "text"],
            additionalProperties: false,
        },
        output_schema: {
            type: "object",
            properties: {
                file: { type: "string", minLength: 1 },
                bytes: { type: "integer", minimum: 0 },
            },
            required: ["file", "bytes"],
            additionalProperties: false,
        },
        idempotent: false,
        tags: ["echo", "files"],
        examples: [
            {
                args: { title: "shopping list", text: "milk" },
                output: { file: "shopping list.txt", bytes: 4 },
            },
        ],
    },
    {
        rtp: "1.0",
        name: "pay",
        title: "Pay",
        description:
            "Pretends to pay: writes one line to a ledger file and answers with its number. " +
            "No money moves. Use it to see how a call that moves money is governed.",
        risk: "money",
        input_schema: {
            type: "object",
            properties: {
                to: {
                    type: "string",
                    description: "Who is paid.",
                    minLength: 1,
                    maxLength: 200,
                },
                amount: {
                    type: "integer",
                    description: "In the smallest unit of the currency, e.g. cents.",
                    minimum: 1,
                    maximum: 100000000,
                },
                currency: {
                    type: "string",
                    description: "ISO 4217, e.g. EUR.",
                    pattern: "^[A-Z]{3}$",
                },
            },
            required: ["to", "amount", "currency"],
            additionalProperties: false,
        },
        output_schema: {
            type: "object",
            properties: {
                payment: { type: "integer", minimum: 1 },
                to: { type: "string" },
                amount: { type: "integer" },
                currency: { type: "string" },
            },
            required: ["payment", "to", "amount", "currency"],
            additionalProperties: false,
        },
        idempotent: false,
        tags: ["echo", "money"],
        examples: [
            {
                args: { to: "Ada", amount: 1250, currency: "EUR" },
                output: { payment: 1, to: "Ada", amount: 1250, currency: "EUR" },
            },
        ],
    },
    {
        rtp: "1.0",
        name: "wipe",
        title: "Wipe",
        description: "Deletes every note and the ledger of this pack, for good.",
        risk: "destructive",
        input_schema: { type: "object", properties: {}, additionalProperties: false },
        output_schema: {
            type: "object",
            properties: { deleted: { type: "integer", minimum: 0 } },
            required: ["deleted"],
            additionalProperties: false,
        },
        idempotent: true,
        tags: ["echo", "files"],
        examples: [{ args: {}, output: { deleted: 0 } }],
    },
];

module.exports = { TOOLS };
