// An ES module with a top-level await and a default export.

const name = await Promise.resolve("rig-pack-probe-module");

export default {
    metadata: () => ({ rsp: "1.0", name, version: "1.0.0" }),
    tools: async () => [
        {
            rtp: "1.0",
            name: "go",
            description: "Answers without a promise.",
            risk: "read",
            input_schema: { type: "object" },
        },
    ],
    invoke: () => ({ ok: false, error: { type: "tool_error", message: "by value", code: "v" } }),
};
