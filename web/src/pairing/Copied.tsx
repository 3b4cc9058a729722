import { Button, MessageBar, MessageBarActions, MessageBarBody } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client";
import { browsersQuery, keys, type PairedBrowser } from "../api/queries";
import { Instant } from "../parts/Instant";
import { Name } from "../parts/Name";
import { ProblemBox } from "../parts/ProblemBox";
import { useAction } from "../parts/useAction";
import { texts } from "../texts/pairing";

/** Tells the person of each browser that Hourglass removed because something of it was copied, until they have seen it. */
export function CopiedBrowsers() {
  const cache = useQueryClient();
  const { data: browsers } = useQuery(browsersQuery);
  const see = useAction(async (browser_id: string) => {
    await api.DELETE("/api/v1/me/browsers/{browser_id}", { params: { path: { browser_id } } });
    await cache.invalidateQueries({ queryKey: keys.browsers });
  });
  const copied = browsers?.filter((b) => b.removed_because) ?? [];
  return <>
    {see.problem !== undefined && <ProblemBox of={see.problem} />}
    {copied.map((b) => <Copied key={b.id} browser={b} seen={() => void see.run(b.id)} />)}
  </>;
}

/** What there is to know of a browser that was removed by Hourglass. */
export function Copied({ browser: b, seen }: { browser: PairedBrowser; seen?: () => void }) {
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody><strong><Name of={b.name} /></strong>: {texts.removedBySystem} <Instant at={b.removed_at!} />. {texts[b.removed_because!]} {texts.whatThen}</MessageBarBody>
      {seen && <MessageBarActions><Button onClick={seen}>{texts.gotIt}</Button></MessageBarActions>}
    </MessageBar>
  );
}
