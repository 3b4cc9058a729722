import { memory } from "../memory";
import { isAt, type Place } from "../microsoft/places";
import { signInOrigin } from "../microsoft/origins";
import { pairing } from "../pairing/vault";
import { api, body } from "../portal/client";
import { isLive, refreshGrants, serverNow } from "../portal/grants";
import { Trouble } from "../portal/trouble";
import { change, settings } from "../settings";
import { seesEnough } from "../sites";
import { jarKinds, occupied, openIn } from "./jars";
import { freeKind, kindsFor } from "./kinds";
import { addLaunch, launches } from "./launches";

// A tab may ask what it was opened for before its launch is written down.
let opening: Promise<unknown> = Promise.resolve();

/** Resolves once no launch is half open. */
export const settled = () => opening.catch(() => undefined);

/** Opens a place with a grant's account. One at a time; what does not go is thrown as a Trouble. */
export function open(grant: string, place: Place): Promise<void> {
  const mine = settled().then(() => begin(grant, place));
  opening = mine;
  return mine;
}

async function begin(id: string, place: Place): Promise<void> {
  let seen = await memory.get("seen");
  const known = () => seen?.grants.find((one) => one.id === id);
  if (!isLive(known(), serverNow(seen))) {
    await refreshGrants();
    seen = await memory.get("seen");
  }
  const grant = known();
  if (!isLive(grant, serverNow(seen))) throw new Trouble("not_live");

  const mine = await pairing();
  if (mine && !(await seesEnough(mine.portal))) throw new Trouble("not_allowed");
  const all = await launches(), { sessions } = await settings();
  const found = freeKind(kindsFor(sessions, await jarKinds()), place, id, all);
  if ("occupiedBy" in found) throw occupied(seen?.grants.find((one) => one.id === found.occupiedBy)?.customer.name ?? "");

  const launch = await body((await api()).POST("/api/v1/extension/grants/{id}/launches", { params: { path: { id } }, body: { destination: place } }));
  const origins = launch.origins.filter((origin) => signInOrigin(origin) === origin);
  if (!isAt(place, launch.address) || origins.length === 0) throw new Trouble("address");

  const before = all.find((one) => one.grant === id && kindOf(one.jar) === found.kind);
  const { tab, jar } = await openIn(found.kind, launch.address, grant.customer.name, before);
  await addLaunch({
    id: launch.id, grant: id, place, userName: launch.user_name, tenant: launch.tenant_id, origins, credential: grant.credential === "password" ? "password" : "pass",
    tab, tabs: [tab], jar, ticket: launch.ticket.ticket, filled: 0, signedIn: false, warned: false,
  });
  await change({ place });
}

const kindOf = (jar: string) => jar.split(":")[0];
