internal import RIGBytes
internal import RIGJSON
internal import RIGLinux
internal import RIGModel

/// What the sidecar says to a worker (spec/worker-protocol.md), written without a tree.
enum SidecarMessage {
    /// A message that is only its type.
    static func writeType(_ type: String, to message: inout JSONWriter) {
        message.beginObject()
        message.key("type")
        message.string(type)
        message.endObject()
    }

    static func writeCancel(_ id: UInt64, to message: inout JSONWriter) {
        message.beginObject()
        message.key("type")
        message.string("cancel")
        message.key("id")
        message.int(id)
        message.endObject()
    }

    static func writeHello(
        _ plan: WorkerPlan, workDirectory: String?, prepares: Bool, to message: inout JSONWriter
    ) {
        message.beginObject()
        message.key("type")
        message.string("hello")
        message.key("protocol")
        message.int(1)
        message.key("pack")
        message.beginObject()
        message.key("root")
        message.string(plan.entry.root)
        message.key("entry")
        message.string(plan.entry.entry)
        message.key("name")
        message.string(plan.entry.name)
        message.endObject()
        message.key("limits")
        message.beginObject()
        message.key("frame_bytes")
        message.int(plan.frameBytesMax)
        message.key("concurrency")
        message.int(plan.limits.concurrency)
        message.endObject()
        if let workDirectory {
            message.key("work_dir")
            message.string(workDirectory)
        }
        if let path = plan.dataDirectory {
            message.key("data_dir")
            message.string(path)
        }
        if let path = plan.workspaceDirectory {
            message.key("workspace_dir")
            message.string(path)
        }
        if prepares {
            message.key("prepare")
            message.bool(true)
        }
        message.endObject()
    }

    /// Everything of an `invoke` but the arguments and the closing brace. Written without a string:
    /// this is the one frame that every call pays for.
    static func writeInvoke(_ invocation: Invocation, id: UInt64, to buffer: ByteBuffer) {
        buffer.append(#"{"type":"invoke","id":"# as StaticString)
        var message = JSONWriter(buffer)
        message.int(id)
        buffer.append(#","tool":""# as StaticString)
        buffer.append(invocation.tool.text)
        // Neither names nor correlation ids hold a character that JSON escapes.
        buffer.append(#"","ctx":{"correlation_id":""# as StaticString)
        invocation.correlationID.append(to: buffer)
        buffer.append(#"","attempt":"# as StaticString)
        message = JSONWriter(buffer)
        message.int(invocation.attempt)
        buffer.append(#","deadline_ms":"# as StaticString)
        let left = invocation.deadlineNanoseconds &- MonotonicClock.nowNanoseconds()
        message = JSONWriter(buffer)
        message.int(max(0, Int64(bitPattern: left)) / 1_000_000)
        buffer.append(#","tenant_id":""# as StaticString)
        invocation.tenant.append(to: buffer)
        buffer.append(#"","actor_id":""# as StaticString)
        invocation.actor.append(to: buffer)
        buffer.append(#"""# as StaticString)
        if let id = invocation.approvalID {
            buffer.append(#","approval_id":"# as StaticString)
            message = JSONWriter(buffer)
            message.string(id)
        }
        if let key = invocation.idempotencyKey {
            buffer.append(#","idempotency_key":"# as StaticString)
            message = JSONWriter(buffer)
            message.string(key)
        }
        if let trace = invocation.traceParent {
            buffer.append(#","traceparent":""# as StaticString)
            buffer.append(trace.text)
            buffer.append(#"""# as StaticString)
        }
        if let secrets = invocation.secrets {
            buffer.append(#","secrets":"# as StaticString)
            buffer.append(contentsOf: secrets)
        }
        buffer.append(#"},"args":"# as StaticString)
    }
}
