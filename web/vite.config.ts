import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { mantineCss } from './vite/mantine-css.ts';
import { precompress } from './vite/precompress.ts';
import { preloadFont } from './vite/preload-font.ts';
import { serviceWorker } from './vite/service-worker.ts';

const api = process.env['API_URL'] ?? 'http://localhost:8080';

export default defineConfig({
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  plugins: [
    mantineCss(),
    preloadFont(/sans-latin-wght-normal/),
    react(),
    serviceWorker({
      src: 'src/sw.ts',
      // everything but the font of other scripts
      keep: (f) => /^assets\/.+\.(js|css|woff2)$/.test(f) && !/latin-ext/.test(f),
      extra: ['boot.js', 'favicon.svg', 'manifest.webmanifest', 'icons/icon-192.png'],
      serverPaths: /^\/(api|v1|openapi|docs|health|media|metrics|s|feeds)(\/|$)/,
    }),
    precompress(),
  ],
  build: {
    target: 'baseline-widely-available',
    manifest: true,
    sourcemap: 'hidden',
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Few files rather than dozens of crumbs; what only some pages need stays out of the first load.
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 9 },
            {
              name: 'vendor',
              test: /node_modules[\\/](@tanstack|i18next|react-i18next|openapi-fetch)/,
              priority: 8,
            },
            {
              name: 'ui',
              test: /node_modules[\\/]@mantine[\\/]core[\\/]esm[\\/](core|components[\\/](Button|ActionIcon|UnstyledButton|Loader|Transition))[\\/]/,
              priority: 7,
            },
            {
              name: 'fields',
              test: /node_modules[\\/]@mantine[\\/]core[\\/]esm[\\/]components[\\/](Input|InputBase|TextInput|NativeSelect|CloseButton|Skeleton)[\\/]/,
              priority: 5,
            },
            {
              name: 'app',
              test: /src[\\/](api|i18n[\\/]index|shared[\\/](lib|hooks|ui[\\/](toast\.|faultText|Logo|EmptyState)))/,
              priority: 4,
            },
          ],
        },
      },
    },
  },
  server: { port: 5173, proxy: { '^/(api|media|docs|openapi|health)(/|$)': api } },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    css: { modules: { classNameStrategy: 'non-scoped' } },
    restoreMocks: true,
    // a busy machine is slow, not broken
    testTimeout: 30_000,
  },
});
