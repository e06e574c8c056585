// SPDX-License-Identifier: GPL-3.0-or-later
// Microsoft's own package drives the demo server's Foundry face: agents, threads, a tool call, files, a vector store,
// and a token that runs out.
// usage: node foundry.mjs PACKAGE_FOLDER ENDPOINT FIRST_TOKEN
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [folder, endpoint, firstToken] = process.argv.slice(2);
const require = createRequire(folder + "/");
const { AgentsClient, ToolUtility } = require("@azure/ai-agents");
const { createDefaultHttpClient } = require("@azure/core-rest-pipeline");

// It sends a token over https only: the way to loopback is shown here, at the last moment.
const web = createDefaultHttpClient();
const sent = [];
const httpClient = {
  async sendRequest(request) {
    request.url = request.url.replace("https://foundry.invalid", new URL(endpoint).origin);
    request.allowInsecureConnection = true;
    const answer = await web.sendRequest(request);
    sent.push([request.method, new URL(request.url).pathname, answer.status]);
    return answer;
  },
};
const credential = { getToken: async () => ({ token: firstToken, expiresOnTimestamp: Date.now() + 3_600_000 }) };
const open = (who) => new AgentsClient("https://foundry.invalid" + new URL(endpoint).pathname, who, { httpClient, retryOptions: { maxRetries: 0 } });
const client = open(credential);

const weather = ToolUtility.createFunctionTool({ name: "get_weather", description: "w", parameters: { type: "object", properties: { city: { type: "string" } } } });
const agent = await client.createAgent("gpt-4o-mini", { name: "Weather", instructions: "Answer with the weather.", tools: [weather.definition], metadata: { made: "by a test" } });
assert.equal((await client.getAgent(agent.id)).name, "Weather");

const search = { indexList: [{ indexConnectionId: "c1", indexName: "handbook", topK: 5 }] };
const thread = await client.threads.create({ metadata: { title: "Weather" }, toolResources: { azureAISearch: search } });
assert.equal((await client.threads.get(thread.id)).toolResources.azureAISearch.indexList[0].indexName, "handbook");
const listed = [];
for await (const one of client.threads.list({ limit: 5 })) listed.push(one.id);
assert.ok(listed.includes(thread.id)); // the newest first
await client.messages.create(thread.id, "user", "What is the weather in Kiel?");

const until = async (run, states) => {
  while (!states.includes(run.status)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    run = await client.runs.get(thread.id, run.id);
  }
  return run;
};
let run = await until(await client.runs.create(thread.id, agent.id), ["requires_action", "completed", "failed"]);
assert.equal(run.status, "requires_action");
const calls = run.requiredAction.submitToolOutputs.toolCalls;
assert.equal(calls[0].function.name, "get_weather");
await assert.rejects(client.messages.create(thread.id, "user", "Hurry"), { statusCode: 400 }); // locked
run = await until(await client.runs.submitToolOutputs(thread.id, run.id, calls.map((call) => ({ toolCallId: call.id, output: "9 °C, rain" }))), ["completed", "failed"]);
assert.equal(run.status, "completed");
assert.ok(run.usage.totalTokens > 0);
const roles = [];
for await (const message of client.messages.list(thread.id, { order: "asc" })) roles.push(message.role);
assert.deepEqual(roles, ["user", "assistant"]);
const steps = [];
for await (const step of client.runSteps.list(thread.id, run.id)) steps.push(step.type);
assert.deepEqual(steps.sort(), ["message_creation", "tool_calls"]);

const second = await client.runs.create(thread.id, agent.id);
assert.equal((await client.runs.cancel(thread.id, second.id)).status, "cancelling");
await until(second, ["cancelled"]);

const file = await client.files.upload(new Blob(["The order number is 88213."]).stream(), "assistants", { fileName: "note.txt" });
assert.match(file.id, /^assistant-/);
assert.ok((await client.files.list()).data.some((one) => one.id === file.id));
const store = await client.vectorStores.create({ name: "notes", fileIds: [file.id] });
const held = [];
for await (const one of client.vectorStoreFiles.list(store.id)) held.push(one.id);
assert.deepEqual(held, [file.id]);
await assert.rejects(client.threads.create({ toolResources: { fileSearch: { vectorStoreIds: [store.id, store.id] } } }), { statusCode: 400 });

await client.vectorStores.delete(store.id);
await client.files.delete(file.id);
await client.threads.delete(thread.id);
await client.deleteAgent(agent.id);
await assert.rejects(client.threads.get(thread.id), { statusCode: 404 });
const stranger = open({ getToken: async () => ({ token: "nobody-gave-this-out", expiresOnTimestamp: Date.now() + 3_600_000 }) });
await assert.rejects(stranger.getAgent(agent.id)); // the package itself trips over what the gateway says
assert.equal(sent.at(-1)[2], 401);
console.log(`@azure/ai-agents 1.1.0: ${sent.length} requests; agent, thread, tool call, lock, cancel, file, vector store, 401: as the package expects`);
