// SPDX-License-Identifier: GPL-3.0-or-later
// What bobbin-cli sync fetches, fetched by the official SDK with the same parallelism and thrown away.
// usage: node sdk_sync.mjs PACKAGE_FOLDER BASE_URL IDS_FILE LANES STEPS(0|1)
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [folder, baseURL, idsFile, lanes, steps] = process.argv.slice(2);
const require = createRequire(folder + "/");
const { OpenAI } = require("openai");
const client = new OpenAI({ apiKey: "k", baseURL });
const limit = 100;
const modern = Number(JSON.parse(readFileSync(folder + "/node_modules/openai/package.json")).version.split(".")[0]) >= 5;
let objects = 0;
let pages = 0;

async function all(first) {
  let page = await first;
  const ids = [];
  for (;;) {
    ++pages;
    for (const item of page.data) ids.push(item.id);
    if (!page.hasNextPage()) break;
    page = await page.getNextPage();
  }
  objects += ids.length;
  return ids;
}

const threads = client.beta.threads;
const runSteps = (thread, run) =>
  // The arguments changed with version 5.
  modern
    ? threads.runs.steps.list(run, { thread_id: thread, limit, order: "asc" })
    : threads.runs.steps.list(thread, run, { limit, order: "asc" });

const queue = readFileSync(idsFile, "utf8").split("\n").filter(Boolean);
async function lane() {
  for (let id = queue.shift(); id; id = queue.shift()) {
    if (steps === "1") await all(threads.messages.list(id, { limit, order: "asc" }));
    const runs = await all(threads.runs.list(id, { limit, order: "asc" }));
    if (steps === "1") for (const run of runs) await all(runSteps(id, run));
  }
}
await Promise.all(Array.from({ length: Number(lanes) }, lane));
console.log(JSON.stringify({ pages, objects }));
