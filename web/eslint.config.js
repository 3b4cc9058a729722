import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// The compiler says what does not fit; eslint says what fits and is wrong all the same.
export default tseslint.config(
  { ignores: ["dist", "src/api/schema.gen.ts"] },
  ...tseslint.configs.recommendedTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } } },
    rules: {
      // A handler may return a promise: what it rejects with reaches the window's listener, which shows it.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      // The router's redirects are thrown and are no errors.
      "@typescript-eslint/only-throw-error": ["error", { allow: [{ from: "package", package: "@tanstack/router-core", name: "Redirect" }] }],
      "no-restricted-properties": ["error", { property: "innerHTML", message: "Trusted Types forbid it." }],
    },
  },
);
