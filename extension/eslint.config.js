import tseslint from "typescript-eslint";

// The compiler says what does not fit; eslint says what fits and is wrong all the same.
export default tseslint.config(
  { ignores: ["dist", ".wxt", "src/portal/schema.gen.ts", "scripts"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } } },
    rules: {
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "no-restricted-properties": ["error", { property: "innerHTML", message: "Build elements: what is shown may come from a page." }],
      "no-restricted-globals": ["error", { name: "eval" }, { name: "localStorage", message: "Use the extension's own storage." }],
    },
  },
);
