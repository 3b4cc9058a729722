import { Button, Spinner, makeStyles, tokens } from "@fluentui/react-components";
import { useId, type ReactNode } from "react";
import { LeaveGuard } from "../parts/LeaveGuard";
import { Outdated } from "../parts/Outdated";
import { ProblemBox } from "../parts/ProblemBox";
import { texts } from "../texts/shell";
import { useCardStyles } from "./styles";

const useStyles = makeStyles({
  form: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  fields: { border: "none", margin: 0, padding: 0, minWidth: 0, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, maxWidth: "44rem" },
});

type Props = {
  title: string;
  about?: string;
  draft: { changed: boolean; outdated: boolean; discard: () => void };
  save: { run: () => Promise<void>; working: boolean; problem?: unknown; forget: () => void };
  /** Whoever may not change it sees it all the same. */
  readOnly: boolean;
  /** What is filled in cannot be saved, and says why. */
  wrong?: boolean;
  /** It is new: it can be saved although nothing was changed. */
  fresh?: boolean;
  children: ReactNode;
  /** What is shown beside the fields and is none. */
  after?: ReactNode;
};

/** A card whose fields are saved together. */
export function FormCard({ title, about, draft, save, readOnly, wrong, fresh, children, after }: Props) {
  const styles = useStyles();
  const cards = useCardStyles();
  const id = useId();
  const discard = () => {
    draft.discard();
    save.forget();
  };
  return (
    <section className={cards.card} aria-labelledby={id}>
      <h2 id={id} className={cards.title}>{title}</h2>
      {about && <p className={cards.dim}>{about}</p>}
      <form className={styles.form} onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) void save.run();
      }}>
        {draft.outdated ? <Outdated discard={discard} /> : save.problem !== undefined && <ProblemBox of={save.problem} />}
        <fieldset className={styles.fields} disabled={readOnly} aria-labelledby={id}>{children}</fieldset>
        {after}
        {!readOnly && (
          <div className={cards.row}>
            <Button type="submit" appearance="primary" disabled={!draft.changed && !fresh} disabledFocusable={save.working || wrong} icon={save.working ? <Spinner size="extra-tiny" /> : undefined}>{texts.save}</Button>
            <Button disabled={!draft.changed} onClick={discard}>{texts.discard}</Button>
          </div>
        )}
      </form>
      <LeaveGuard when={draft.changed && !save.working} />
    </section>
  );
}
