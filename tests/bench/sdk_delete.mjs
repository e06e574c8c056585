// SPDX-License-Identifier: GPL-3.0-or-later
// Deletes threads with the official SDK and does nothing else: no look, no archive.
// usage: node sdk_delete.mjs PACKAGE_FOLDER BASE_URL IDS_FILE LANES
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [folder, baseURL, idsFile, lanes] = process.argv.slice(2);
const { OpenAI } = createRequire(folder + "/")("openai");
const threads = new OpenAI({ apiKey: "k", baseURL }).beta.threads;
const remove = (threads.delete ?? threads.del).bind(threads); // named anew in version 5
const queue = readFileSync(idsFile, "utf8").split("\n").filter(Boolean);
let deleted = 0;
async function lane() {
  for (let id = queue.shift(); id; id = queue.shift()) if ((await remove(id)).deleted) ++deleted;
}
await Promise.all(Array.from({ length: Number(lanes) }, lane));
console.log(JSON.stringify({ deleted }));
