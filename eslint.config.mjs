import eslint from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import prettier from "eslint-config-prettier";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const nodeGlobals = Object.fromEntries(
  ["AbortSignal", "Buffer", "console", "fetch", "process", "setTimeout", "URL"].map((name) => [name, "readonly"]),
);

export default defineConfig(
  // The applications have linters of their own.
  globalIgnores(["apps/", "node_modules/", ".state/", "**/*.d.ts"]),
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { "@pulumi": pulumi },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // Numbers read well in messages.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `() => send(...)` without braces is no mistake.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", 80],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      eqeqeq: "error",
    },
  },
  {
    // Two ways into a cluster: the context of the stack's own name, and only where it has Minikube's authority; or the
    // copy of the context that the settings name, and only where the cluster has the id that they name.
    files: ["{components,provider,cli,data,machine,offline,pulumi,setup,state}/**/*.ts"],
    ignores: ["state/access/own-access.ts", "provider/cluster/kubernetes/existing-access.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "NewExpression[callee.name='KubeConfig'], MemberExpression[property.name=/^loadFrom(File|Default|String|Cluster|Options)/]",
          message: "Go into the cluster by ownConfig() of state/access/own-access.ts or by Namespace.use().",
        },
        {
          selector:
            "CallExpression[callee.name=/^(execa|spawn|execFile|run|ask)$/] > Literal[value=/^(kubectl|helm|minikube)$/]",
          message:
            "Commands of provider/processes/commands.ts runs it, with the cluster that is meant and nothing of the user's.",
        },
      ],
    },
  },
  {
    files: ["tests/**/*.ts"],
    rules: {
      "max-lines": "off",
      "max-lines-per-function": "off",
      // Rendered manifests and answers of plugins are looked at as they come.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  {
    files: ["bench/**/*.ts", "tests/**/*.ts"],
    // The Kubernetes client declares its records as classes.
    rules: { "@typescript-eslint/no-unsafe-class-instance-assignment": "off" },
  },
  // Node has them; undefined names in TypeScript are the compiler's to find.
  { files: ["**/*.mjs"], languageOptions: { globals: nodeGlobals } },
  prettier,
  {
    // Prettier breaks code, and leaves comments as they are.
    files: ["**/*.ts", "**/*.mjs"],
    rules: { "max-len": ["error", { code: 1000, comments: 120, ignoreUrls: true }] },
  },
);
