// SPDX-License-Identifier: GPL-3.0-or-later
// Each file is a body of POST /v1/traces. Read into the protocol's messages, written as bytes, read again: what comes
// out must be what was in the file, so that nothing in it is unknown or of another type.
// usage: traces.mjs FOLDER_OF_THE_PACKAGE FILE...
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [folder, ...files] = process.argv.slice(2);
const root = createRequire(folder + '/')('@opentelemetry/otlp-transformer/build/src/generated/root');
const Message = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
const ids = ['traceId', 'spanId', 'parentSpanId']; // hexadecimal in JSON, bytes in the protocol

const mapped = (value, change) =>
    Array.isArray(value) ? value.map((one) => mapped(one, change))
    : value && typeof value === 'object' && !Buffer.isBuffer(value)
        ? Object.fromEntries(Object.entries(value).map(([key, one]) =>
            [key, ids.includes(key) ? change(one) : mapped(one, change)]))
    : value;

let spans = 0;
for (const file of files) {
    const json = JSON.parse(readFileSync(file, 'utf8'));
    const bytes = Message.encode(Message.fromObject(mapped(json, (hex) => Buffer.from(hex, 'hex')))).finish();
    const again = Message.toObject(Message.decode(bytes), { longs: String, bytes: Buffer });
    assert.deepStrictEqual(JSON.parse(JSON.stringify(mapped(again, (id) => Buffer.from(id).toString('hex')))), json);
    for (const span of again.resourceSpans[0].scopeSpans[0].spans) {
        assert.equal(span.traceId.length, 16);
        assert.equal(span.spanId.length, 8);
        assert.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano));
        ++spans;
    }
}
assert.ok(spans > 10);
console.log(`${spans} spans`);
