// What a browser loads of script before the inbox is shown, gzipped. Fails above the budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET = 250_000;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const needed = new Set();
function need(key) {
  const chunk = manifest[key];
  if (!chunk || needed.has(chunk.file)) return;
  needed.add(chunk.file);
  for (const other of chunk.imports ?? []) need(other);
}
need('index.html');
need('src/pages/inbox/index.tsx');
const sizes = [...needed].map((file) => [
  file,
  gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length,
]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [file, size] of sizes.sort((a, b) => b[1] - a[1]))
  process.stdout.write(`${String(size).padStart(8)}  ${file}\n`);
process.stdout.write(
  `${String(total).padStart(8)}  bytes of script (gzip) for the inbox; at most ${BUDGET}\n`,
);
process.exit(total > BUDGET ? 1 : 0);
