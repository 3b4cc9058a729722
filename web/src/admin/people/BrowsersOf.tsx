import { Button, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { DeleteRegular } from "@fluentui/react-icons/svg/delete";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { PairedBrowser } from "../../api/queries";
import { Copied } from "../../pairing/Copied";
import { Filled } from "../../parts/Filled";
import { FormDialog } from "../../parts/FormDialog";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { ProblemBox } from "../../parts/ProblemBox";
import { Sheet, type Column } from "../../parts/Sheet";
import { texts } from "../../texts/pairing";
import { say } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { browsersOf, type Person } from "../queries";
import { useCardStyles } from "../styles";
import { useChange } from "../useChange";

/** In which browsers the extension acts for a person. */
export function BrowsersOf({ person, removable }: { person: Person; removable: boolean }) {
  const cards = useCardStyles();
  const { data: browsers, error, refetch } = useQuery(browsersOf(person.id));
  const [removing, setRemoving] = useState<PairedBrowser>();
  const working = browsers?.filter((b) => !b.removed_at) ?? [];
  const columns: Column<PairedBrowser>[] = [
    { head: texts.browsers, cell: (b) => <Name of={b.name} /> },
    { head: texts.build, cell: (b) => texts[b.extension] },
    { head: texts.paired, cell: (b) => <Instant at={b.paired_at} /> },
    { head: texts.lastUsed, cell: (b) => b.last_used_at && <Instant at={b.last_used_at} /> },
  ];
  if (removable) columns.push({
    head: texts.remove,
    cell: (b) => <Button appearance="subtle" icon={<DeleteRegular />} aria-label={say(texts.removeBrowser, { name: b.name })} onClick={() => setRemoving(b)} />,
  });
  return (
    <section className={cards.card} aria-labelledby="browsers">
      <h2 id="browsers" className={cards.title}>{texts.browsers}</h2>
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!browsers && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={48} /></Skeleton>}
      {browsers?.filter((b) => b.removed_because).map((b) => <Copied key={b.id} browser={b} />)}
      {browsers && working.length === 0 && <p className={cards.dim}>{texts.nobodysBrowsers}</p>}
      {working.length > 0 && <Sheet flat label={texts.browsers} columns={columns} rows={working} id={(b) => b.id} />}
      {removing && <Removing person={person} browser={removing} close={() => setRemoving(undefined)} />}
    </section>
  );
}

function Removing({ person, browser, close }: { person: Person; browser: PairedBrowser; close: () => void }) {
  const cards = useCardStyles();
  const remove = useChange(texts.removed, close, () => api.DELETE("/api/v1/people/{id}/browsers/{browser_id}", {
    params: { path: { id: person.id, browser_id: browser.id } },
  }));
  return (
    <FormDialog title={<Filled text={texts.removeBrowser} values={{ name: <Name of={browser.name} /> }} />} button={texts.remove} action={remove} close={close}>
      <p className={cards.line}>{texts.removeAbout}</p>
    </FormDialog>
  );
}
