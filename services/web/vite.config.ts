import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const keyfold = process.env.KEYFOLD_URL ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist/app', emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 600 },
  server: { proxy: { '/api': keyfold, '/auth': keyfold, '/ops': keyfold } },
});
