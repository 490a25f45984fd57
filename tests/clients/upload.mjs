// Uploads a file with tus-js-client as its users do.
//   node upload.mjs ENDPOINT TOKEN FILE begin       stops in the middle, prints the upload's address
//   node upload.mjs ENDPOINT TOKEN FILE rest URL    pauses once, goes on, prints the address
import fs from "node:fs";
import { createRequire } from "node:module";

// The packages lie outside the clone: NODE_PATH is read by require alone.
const tus = createRequire(import.meta.url)("tus-js-client");

const [endpoint, token, path, mode, known] = process.argv.slice(2);
const size = fs.statSync(path).size;
let paused = false;

const upload = new tus.Upload(fs.createReadStream(path), {
  endpoint,
  uploadUrl: known ?? null,
  uploadSize: size,
  // What a person would call one request; the stream wants a bound.
  chunkSize: mode === "begin" ? size : Math.ceil(size / 5),
  retryDelays: [0, 100, 500],
  headers: { Authorization: `Bearer ${token}` },
  metadata: { filename: "photo.jpg", filetype: "image/jpeg" },
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
  onProgress: (sent) => {
    if (mode === "begin" && sent > size / 2) {
      // Gone without a word, in the middle of a request.
      fs.writeSync(1, `${upload.url}\n`);
      process.exit(0);
    }
  },
  onChunkComplete: () => {
    if (mode === "rest" && !paused) {
      paused = true;
      upload.abort().then(() => setTimeout(() => upload.start(), 100));
    }
  },
  onSuccess: () => {
    console.log(upload.url);
    process.exit(0);
  },
});
upload.start();
