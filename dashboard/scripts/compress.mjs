// Beside every script and style sheet its gzip, so that the server only has to send it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const folder = new URL('../dist/assets/', import.meta.url);
for (const name of readdirSync(folder)) {
  if (/\.(js|css|svg)$/.test(name))
    writeFileSync(new URL(`${name}.gz`, folder), gzipSync(readFileSync(new URL(name, folder)), { level: 9 }));
}
