import { useState } from "preact/hooks";
import { say } from "../../../web/src/texts/say";
import type { Stop } from "../launch/launches";
import { ask } from "../messages/ask";
import type { Refusal } from "../messages/protocol";
import { placeNames, type Place } from "../microsoft/places";
import { isLive, isNearEnd, type Grant } from "../portal/grants";
import { of, texts } from "../texts";
import { Mark, Note, left } from "./parts";

type Props = { grant: Grant; now: number; place: Place; setPlace: (place: Place) => void; stop?: Stop; tell: (trouble: Refusal | null) => void };

/** A grant with what can be done with it. */
export function GrantCard({ grant, now, place, setPlace, stop, tell }: Props) {
  const [doing, setDoing] = useState<"open" | "end">();
  const [sure, setSure] = useState(false);
  const { customer } = grant;
  const live = isLive(grant, now);

  const act = async (what: "open" | "end", asked: Promise<Refusal | null>) => {
    setDoing(what);
    tell(await asked);
    setDoing(undefined);
    setSure(false);
  };

  return (
    <li class="grant" data-grant={grant.id} data-state={grant.state}>
      <Mark customer={customer} />
      <div class="name"><strong><bdi>{customer.name}</bdi></strong><span class="dim">{grant.profile.name}</span></div>
      <span class={live && isNearEnd(grant, now) ? "left near" : "left"} role="timer">{live ? say(texts.left, { left: left(grant.expires_at, now) }) : stateOf(grant)}</span>
      {live && (
        <div class="actions">
          <button class="primary" disabled={!!doing} aria-label={say(texts.openAt, { place: of("place_", place), customer: customer.name })}
            onClick={() => void act("open", ask("launch", { grant: grant.id, place }))}>{texts.open}</button>
          <select aria-label={say(texts.place, { customer: customer.name })} value={place} onChange={(e) => setPlace(e.currentTarget.value as Place)}>
            {placeNames.map((name) => <option key={name} value={name}>{of("place_", name)}</option>)}
          </select>
          <span class="space" />
          {grant.extendable && isNearEnd(grant, now) && <button onClick={() => void ask("extend", { grant: grant.id })}>{texts.extend}</button>}
          <button disabled={!!doing} aria-label={say(texts.endOf, { customer: customer.name })} onBlur={() => setSure(false)}
            onClick={() => (sure ? void act("end", ask("end", { grant: grant.id })) : setSure(true))}>{sure ? texts.endSure : texts.end}</button>
        </div>
      )}
      {stop && <div class="stop"><Note kind="warning" title={of("stop_", stop.reason)}>{stop.saw && say(texts.saw, { text: stop.saw })}</Note></div>}
    </li>
  );
}

const said: Partial<Record<Grant["state"], string>> = { awaiting_approval: texts.waiting, requested: texts.preparing, provisioning: texts.preparing, ended: texts.ended };
const stateOf = (grant: Grant) => said[grant.state] ?? texts.ending;
