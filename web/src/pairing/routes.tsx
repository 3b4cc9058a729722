import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute, whoIsSignedIn } from "../routes/base";

/** What the extension asks (RFC 6749, 4.1.1). The server judges it; here it only has to be short texts. */
const asked = ["client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method", "dpop_jkt", "name"] as const;
export type Asked = Partial<Record<(typeof asked)[number], string>>;

/** Without the frame of the other screens: it is shown in a small window of the browser's. */
export const pairingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/pair",
  beforeLoad: whoIsSignedIn,
  validateSearch: (search): Asked => Object.fromEntries(asked.flatMap((name) => (typeof search[name] === "string" ? [[name, search[name].slice(0, 300)]] : []))),
  component: lazyRouteComponent(() => import("./Pair"), "Pair"),
});
