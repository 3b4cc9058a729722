import { Suspense, lazy, type ComponentType } from "react";

const whenIdle = (work: () => void) => (typeof requestIdleCallback === "function" ? requestIdleCallback(work) : setTimeout(work, 300));

/**
 * A part of a screen that its first sight does not need, such as a dialog: it is fetched once the browser has nothing else
 * to do, so that it is there when it is asked for.
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loading: Promise<{ default: ComponentType<P> }> | undefined;
  const once = () => (loading ??= load().then((part) => ({ default: part }), (problem: unknown) => {
    loading = undefined; // a lost connection does not last
    throw problem;
  }));
  const Part = lazy(once);
  whenIdle(() => { once().catch(() => {}); });
  return function Later(props: P) {
    return <Suspense><Part {...props} /></Suspense>;
  };
}
