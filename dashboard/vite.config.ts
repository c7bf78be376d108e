import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** `npm run dev` serves the pages and passes everything else to a Parley that runs already. */
const parley = process.env.PARLEY_URL ?? 'http://127.0.0.1:8080';
const passedOn = ['/api', '/sandbox', '/docs', '/openapi.json', '/set-password'];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    target: 'es2022',
    // light-dark() as it stands: lowered, it would need colour schemes declared in the same file.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // No inlined data: addresses: the content security policy names our own address only.
    assetsInlineLimit: 0,
    manifest: true,
    reportCompressedSize: false,
  },
  server: {
    proxy: Object.fromEntries(passedOn.map((path) => [path, { target: parley, ws: true }])),
  },
  test: {
    environment: 'happy-dom',
    setupFiles: ['tests/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'],
  },
});
