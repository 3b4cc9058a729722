import { defineConfig } from "wxt";
import { signInOrigins } from "./src/microsoft/origins";

// The public halves of what makes the extension's ids, so that they are the same on every machine; the portal knows them by
// HOURGLASS_EXTENSION_IDS. The private half of the Chromium key is with whoever publishes and never here.
const chromiumKey = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoTVcTD71Bc1ePmonB9r6DmVEf9V42XlLno5A+VVl1Ok0f5NmjsATY6OKZwbChhO2boVKhsQ1kefgYybP47OV9dmnWyOMdZEd8qYfKsWC/QKSRy4fOHrTVxmzbSQnJyqpQM9LS6jzQkzR8Slh2q/iWrnOfX+br7Gv3sxFbGvVfh3Uu0K/rwp/+d7ZutsucD68utgyuPoez8+/QfvHvXHPuiJiZ7DDlwaT5PRrPVohzj/T9+BQoKznmCMsLDZ4Mwl4cqORRYIKnuk3u+N/vFNVsK8HpzNmkeqXVtMOVX+NwQSa3m8hIWPFi8QLw1CVrNbeBnzqXH2HEVJ/VZy6DaxrfwIDAQAB";
const firefoxID = "{b0db5572-0db9-46c8-96de-96b567c963c4}";

export default defineConfig({
  srcDir: ".",
  outDir: "dist",
  manifestVersion: 3,
  imports: false, // every name is imported by hand, so that a reader finds it
  vite: () => ({
    build: { target: "es2023", modulePreload: { polyfill: false }, sourcemap: false },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  }),
  manifest: ({ browser }) => {
    const firefox = browser === "firefox";
    return {
      name: "__MSG_name__",
      description: "__MSG_description__",
      default_locale: "en",
      icons: { 16: "icon/16.png", 32: "icon/32.png", 48: "icon/48.png", 128: "icon/128.png" },
      action: { default_title: "__MSG_name__" },
      commands: { _execute_action: { suggested_key: { default: "Alt+Shift+H" } } },
      permissions: ["alarms", "identity", "scripting", "storage", ...(firefox ? ["contextualIdentities", "cookies"] : [])],
      host_permissions: signInOrigins.map((origin) => `${origin}/*`),
      content_scripts: [{ matches: signInOrigins.map((origin) => `${origin}/*`), js: ["sign-in.js"], run_at: "document_end", all_frames: true }],
      // The portal's own address, and Microsoft's admin sites for the badge: each is asked for by name, never all of them.
      optional_host_permissions: ["https://*/*", "http://localhost/*"],
      content_security_policy: { extension_pages: "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src https: http://localhost:*; frame-ancestors 'none'; base-uri 'none'; form-action 'none'" },
      incognito: "spanning",
      storage: { managed_schema: "managed.json" },
      ...(firefox
        ? { browser_specific_settings: { gecko: { id: firefoxID, strict_min_version: "128.0", data_collection_permissions: { required: ["none"] } } } }
        : { key: chromiumKey, minimum_chrome_version: "120" }),
    };
  },
});
