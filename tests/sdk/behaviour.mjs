// SPDX-License-Identifier: GPL-3.0-or-later
// What the official SDK does and gets, as lines that are the same wherever they are: ids by their kind, no times. Run
// at the server and through the gateway, the two are compared.
// usage: node behaviour.mjs PACKAGE_FOLDER BASE_URL
import { createHash } from "node:crypto";
import { createRequire } from "node:module";

const [folder, baseURL] = process.argv.slice(2);
const { OpenAI, toFile } = createRequire(folder + "/")("openai");
let tries = 0; // requests that went out
const client = new OpenAI({ apiKey: "k", baseURL, fetch: (...all) => (++tries, fetch(...all)) });
const { assistants, threads } = client.beta;

const kinds = new Map();
const plain = (value) =>
  JSON.stringify(value, (key, inner) => {
    if (/(_at|^created)$/.test(key) && inner !== null) return "time";
    // How long a run was in a state is not the same twice, nor how many ids there were before.
    if (typeof inner === "string" && /^(asst|thread|msg|run|step|call|file|vs|vsfb|chatcmpl|resp|conv)[-_]/.test(inner)) {
      if (!kinds.has(inner)) kinds.set(inner, `${inner.split(/[-_]/)[0]} ${[...kinds.values()].filter((k) => k.startsWith(inner.split(/[-_]/)[0] + " ")).length + 1}`);
      return kinds.get(inner);
    }
    return inner;
  });
const say = (what, value) => console.log(`${what}: ${plain(value)}`);
const attempt = async (what, act) => {
  const before = tries;
  try {
    say(what, await act());
  } catch (e) {
    say(what, { class: e.constructor.name, status: e.status, code: e.code, type: e.type, message: e.message, tries: tries - before });
  }
};
const events = async (stream) => {
  const all = [];
  for await (const event of stream) {
    const name = event.event ?? event.type ?? event.object;
    if (all.at(-1) !== name) all.push(name); // how many pieces a text comes in is the server's affair
  }
  return all;
};

const assistant = await assistants.create({ model: "gpt-4o-mini", tools: [{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: {} } } }] });
say("assistant", assistant);
const thread = await threads.create({ messages: [{ role: "user", content: "What is the weather in Kiel? äöü € 雨" }] });
say("thread", thread);

// Created and polled, with tool outputs.
let run = await threads.runs.createAndPoll(thread.id, { assistant_id: assistant.id }, { pollIntervalMs: 50 });
say("polled", run);
const outputs = (of) => of.required_action.submit_tool_outputs.tool_calls.map((call) => ({ tool_call_id: call.id, output: "9 °C, rain" }));
await attempt("locked", () => threads.messages.create(thread.id, { role: "user", content: "Hurry" }));
run = await threads.runs.submitToolOutputsAndPoll(run.id, { thread_id: thread.id, tool_outputs: outputs(run) }, { pollIntervalMs: 50 });
say("completed", run);
say("steps", (await threads.runs.steps.list(run.id, { thread_id: thread.id })).data);
const pages = [];
for await (const message of threads.messages.list(thread.id, { limit: 1, order: "asc" })) pages.push(message);
say("messages", pages);

// Streamed, with tool outputs.
await threads.messages.create(thread.id, { role: "user", content: "And tomorrow?" });
const stream = threads.runs.stream(thread.id, { assistant_id: assistant.id });
say("streamed", await events(stream));
run = await stream.finalRun();
say("waits", run.status);
const second = threads.runs.submitToolOutputsStream(run.id, { thread_id: thread.id, tool_outputs: outputs(run) });
let text = "";
second.on("textDelta", (delta) => (text += delta.value));
say("streamed to the end", await events(second));
say("text", text);
say("thread and run", await events(await threads.createAndRun({ assistant_id: assistant.id, thread: { messages: [{ role: "user", content: "Hi" }] }, stream: true })));

// Left in the middle: the run goes on at the server.
await threads.messages.create(thread.id, { role: "user", content: "And in a week?" });
const left = await threads.runs.create(thread.id, { assistant_id: assistant.id, stream: true });
for await (const event of left) {
  run = event.data;
  break;
}
say("cancelled", (await threads.runs.cancel(run.id, { thread_id: thread.id })).status);
while (run.status !== "cancelled") run = await threads.runs.retrieve(run.id, { thread_id: thread.id });
await attempt("cancelled twice", () => threads.runs.cancel(run.id, { thread_id: thread.id }));

// Neighbours of the protocol.
const messages = [{ role: "user", content: "Say it. Say it again." }];
say("chat", await client.chat.completions.create({ model: "gpt-4o-mini", messages }));
const chat = await client.chat.completions.create({ model: "gpt-4o-mini", messages, stream: true, stream_options: { include_usage: true } });
let usage;
for await (const chunk of chat) usage = chunk.usage ?? usage;
say("chat usage", usage);
const response = await client.responses.create({ model: "gpt-4o-mini", input: "Say it." });
say("response", response);
say("response streamed", await events(await client.responses.create({ model: "gpt-4o-mini", input: "Again.", previous_response_id: response.id, stream: true })));
const conversation = await client.conversations.create({});
say("in a conversation", (await client.responses.create({ model: "gpt-4o-mini", input: "Say it.", conversation: conversation.id })).usage);

// Uploads and downloads.
const bytes = Buffer.alloc(5_000_000, "line of a file\n");
const file = await client.files.create({ file: await toFile(bytes, "notes.txt"), purpose: "vision" });
say("uploaded", file);
const back = Buffer.from(await (await client.files.content(file.id)).arrayBuffer());
say("downloaded", [back.length, createHash("sha256").update(back).digest("hex")]);

// What goes wrong.
await attempt("not found", () => threads.retrieve("thread_nobody"));
await attempt("bad request", () => threads.runs.create(thread.id, { assistant_id: "asst_nobody" }));
await attempt("bad model", () => client.chat.completions.create({ messages }));
await attempt("unknown route", () => client.get("/nothing/of/the/kind"));
await attempt("tried again", () => client.models.list()); // the server fails twice, then as told
await attempt("aborted", () => client.responses.create({ model: "gpt-4o-mini", input: "x" }, { signal: AbortSignal.abort() }));
await attempt("raw", async () => {
  const { data, response: whole } = await threads.retrieve(thread.id).withResponse();
  return [data.id, whole.status, [...whole.headers.keys()].filter((k) => !/^(date|connection|keep-alive|x-ratelimit)/.test(k)).sort()];
});
say("deleted", [await client.files.delete(file.id), await threads.delete(thread.id), await assistants.delete(assistant.id)]);
