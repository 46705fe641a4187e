import { defineConfig } from "vitest/config";

/** Properties draw many more cases in the full run. */
const full = process.env["BROKERLAB_FULL"] !== undefined;

export default defineConfig({
  test: {
    globalSetup: "test/global-setup.ts",
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/host/**", "test/webview/**", "test/editor/**"],
          setupFiles: "test/seed.ts",
          testTimeout: full ? 600_000 : 60_000,
        },
      },
      {
        test: {
          name: "kafka",
          include: ["test/conformance/kafka/live/*.live.ts"],
        },
      },
      {
        test: {
          name: "webview",
          include: ["test/webview/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "editor",
          include: ["test/editor/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
