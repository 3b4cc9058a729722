import { useCallback, useState } from "react";

/** How many things are drawn at first, and how many more each time that the end comes near. */
const step = 60;

/**
 * The first of many things, and an element to put behind them: when it comes near to what can be seen, more are drawn. What is
 * drawn stays, so that keyboard, screen readers and the browser's own search meet an ordinary list. `of` is what the things
 * were chosen by: when it changes, the list begins anew. `least` of them are always drawn.
 */
export function useGrowing<T>(all: readonly T[], of = "", least = 0): [shown: readonly T[], end: React.ReactNode] {
  const [grown, setGrown] = useState({ of, n: step });
  const n = Math.max(grown.of === of ? grown.n : step, least);
  const end = useCallback((mark: HTMLElement | null) => {
    if (!mark) return;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) setGrown({ of, n: n + step });
    }, { rootMargin: "1000px" });
    observer.observe(mark);
    return () => observer.disconnect();
  }, [of, n]);
  return [n < all.length ? all.slice(0, n) : all, n < all.length && <span key={n} ref={end} aria-hidden />];
}
