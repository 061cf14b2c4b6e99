import { defineConfig } from 'vite'

// The page has its files beside it, wherever it is served, and asks nothing of any other host.
export default defineConfig({
  base: './',
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
})
