import { FluentProvider, RendererProvider, createDOMRenderer, webDarkTheme, webLightTheme } from "@fluentui/react-components";
import { useEffect, useSyncExternalStore, type ReactNode } from "react";

export type Appearance = "system" | "light" | "dark";

const storage = "hourglass.appearance";
const dark = matchMedia("(prefers-color-scheme: dark)");
const forced = matchMedia("(forced-colors: active)");

function chosen(): Appearance {
  const stored = localStorage.getItem(storage);
  return stored === "light" || stored === "dark" ? stored : "system";
}

const listeners = new Set<() => void>();

function subscribe(tell: () => void) {
  listeners.add(tell);
  for (const source of [dark, forced]) source.addEventListener("change", tell);
  window.addEventListener("storage", tell); // chosen in another tab
  return () => {
    listeners.delete(tell);
    for (const source of [dark, forced]) source.removeEventListener("change", tell);
    window.removeEventListener("storage", tell);
  };
}

export function choose(appearance: Appearance) {
  localStorage.setItem(storage, appearance);
  for (const tell of listeners) tell();
}

export const useAppearance = () => useSyncExternalStore(subscribe, chosen);

// Under a system's high contrast the browser replaces the colours; Fluent's components know and draw their edges.
const isDark = () => !forced.matches && (chosen() === "dark" || (chosen() === "system" && dark.matches));

// The policy lets a style element in only with the nonce of the response; Fluent's are made here.
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce;
const renderer = createDOMRenderer(document, nonce ? { styleElementAttributes: { nonce } } : {});

export function Theme({ children }: { children: ReactNode }) {
  const inDark = useSyncExternalStore(subscribe, isDark);
  const theme = inDark ? webDarkTheme : webLightTheme;
  useEffect(() => {
    const { style } = document.documentElement; // behind and beside everything, where the scroll bar is
    style.colorScheme = inDark ? "dark" : "light";
    style.backgroundColor = theme.colorNeutralBackground3;
  }, [inDark, theme]);
  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <FluentProvider theme={theme}>{children}</FluentProvider>
    </RendererProvider>
  );
}
