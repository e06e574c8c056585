// SPDX-License-Identifier: GPL-3.0-or-later
// The official SDK drives the demo server through a whole conversation with a tool call, files and a vector store.
// usage: node conversation.mjs PACKAGE_FOLDER BASE_URL
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, baseURL] = process.argv.slice(2);
const { OpenAI, toFile, NotFoundError, BadRequestError } = createRequire(folder + "/")("openai");
const client = new OpenAI({ apiKey: "k", baseURL });
const { assistants, threads } = client.beta;
const version = JSON.parse(readFileSync(folder + "/node_modules/openai/package.json")).version;
const modern = Number(version.split(".")[0]) >= 5;
// Ids in paths: (thread, id) before version 5, (id, {thread_id}) since.
const at = (thread, id, rest) => (modern ? [id, { thread_id: thread, ...rest }] : rest ? [thread, id, rest] : [thread, id]);

const assistant = await assistants.create({
  model: "gpt-4o-mini",
  name: "Weather",
  instructions: "Answer with the weather.",
  tools: [{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } } }],
  metadata: { made: "by a test" },
});
const thread = await threads.create({ messages: [{ role: "user", content: "Hello" }], metadata: { title: "Weather" } });
await threads.messages.create(thread.id, { role: "user", content: "What is the weather in Kiel?" });

let run = await threads.runs.createAndPoll(thread.id, { assistant_id: assistant.id }, { pollIntervalMs: 50 });
assert.equal(run.status, "requires_action");
const calls = run.required_action.submit_tool_outputs.tool_calls;
assert.equal(calls[0].function.name, "get_weather");
JSON.parse(calls[0].function.arguments);
// The thread is locked meanwhile.
await assert.rejects(threads.messages.create(thread.id, { role: "user", content: "Hurry" }), BadRequestError);
await assert.rejects(threads.runs.create(thread.id, { assistant_id: assistant.id }), BadRequestError);
const outputs = { tool_outputs: calls.map((call) => ({ tool_call_id: call.id, output: "9 °C, rain" })) };
run = await threads.runs.submitToolOutputsAndPoll(...at(thread.id, run.id, outputs), { pollIntervalMs: 50 });
assert.equal(run.status, "completed");
assert.ok(run.usage.total_tokens > 0);

const messages = [];
for await (const message of threads.messages.list(thread.id, { limit: 2, order: "asc" })) messages.push(message);
assert.deepEqual(messages.map((m) => m.role), ["user", "user", "assistant"]);
assert.ok(messages[2].content[0].text.value.length > 0);
const steps = await threads.runs.steps.list(...at(thread.id, run.id));
assert.deepEqual(steps.data.map((s) => s.type).sort(), ["message_creation", "tool_calls"]);

// A second run is cancelled while it works.
const second = await threads.runs.create(thread.id, { assistant_id: assistant.id });
assert.equal((await threads.runs.cancel(...at(thread.id, second.id))).status, "cancelling");
let cancelled = second;
while (cancelled.status !== "cancelled") cancelled = await threads.runs.retrieve(...at(thread.id, second.id));

const file = await client.files.create({ file: await toFile(Buffer.from("The order number is 88213."), "note.txt"), purpose: "assistants" });
await assert.rejects(client.files.content(file.id), BadRequestError); // not of this purpose, as on OpenAI
const stores = client.vectorStores ?? client.beta.vectorStores;
const store = await stores.create({ name: "notes" });
const indexed = await stores.files.createAndPoll(store.id, { file_id: file.id }, { pollIntervalMs: 50 });
assert.equal(indexed.status, "completed");
const hits = await stores.search(store.id, { query: "order number" });
assert.equal(hits.data[0].file_id, file.id);

const remove = (api, id) => (modern ? api.delete(id) : api.del(id));
for (const [api, id] of [[stores, store.id], [client.files, file.id], [threads, thread.id], [assistants, assistant.id]])
  assert.equal((await remove(api, id)).deleted, true);
await assert.rejects(threads.retrieve(thread.id), NotFoundError);
console.log(`openai ${version}: conversation, tool call, lock, cancel, file, vector store: as the SDK expects`);
