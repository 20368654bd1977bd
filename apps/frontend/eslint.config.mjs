import js from "@eslint/js";
import next from "@next/eslint-plugin-next";
import prettier from "eslint-config-prettier";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/**
 * Files of one folder of `src/` import nothing from these others: see README.md.
 * @param {string} folder @param {string[]} others
 * @returns {import("eslint").Linter.Config}
 */
const keptOutOf = (folder, ...others) => ({
  files: [`src/${folder}/**`],
  rules: { "no-restricted-imports": ["error", { patterns: others.map((other) => `@/${other}/*`) }] },
});

export default defineConfig(
  // A worker has other types than a page.
  { ignores: ["public/sw.js", ".next/", "next-env.d.ts", "src/client/api/api-types.ts", "coverage/"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat.recommended,
  next.configs["core-web-vitals"],
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // TypeScript checks this, for the plain JavaScript here as well.
      "no-undef": "off",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  keptOutOf("client", "app", "components", "server"),
  keptOutOf("components", "app", "server"),
  keptOutOf("server", "app", "components"),
  prettier,
  // Prettier breaks code, and leaves comments as they are.
  { rules: { "max-len": ["error", { code: 1000, comments: 120, ignoreUrls: true }] } },
);
