// An ES module in a .js file, with named exports.

export function metadata() {
    return { rsp: "1.0", name: "rig-pack-probe-module-js", version: "1.0.0" };
}

export function tools() {
    return [
        {
            rtp: "1.0",
            name: "go",
            description: "Says which module system it came by.",
            risk: "read",
            input_schema: { type: "object" },
        },
    ];
}

export async function invoke() {
    return { ok: true, output: { module: typeof require === "undefined" } };
}
