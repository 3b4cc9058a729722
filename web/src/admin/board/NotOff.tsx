import { MessageBar, MessageBarBody, MessageBarTitle, makeStyles, tokens } from "@fluentui/react-components";
import type { Grant } from "../../api/queries";
import { Filled } from "../../parts/Filled";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { count } from "../../texts/say";
import { texts } from "../../texts/admin";

const useStyles = makeStyles({
  list: { margin: `${tokens.spacingVerticalXS} 0 0`, paddingInlineStart: tokens.spacingHorizontalXL, overflowWrap: "anywhere" },
});

/** The accounts that may still be on although their grant is over. Nothing on this screen matters more. */
export function NotOff({ grants }: { grants: readonly Grant[] }) {
  const styles = useStyles();
  return (
    <MessageBar intent="error" layout="multiline" role="alert" data-part="not-off">
      <MessageBarBody>
        <MessageBarTitle>{count(texts.notOff, grants.length)}</MessageBarTitle>
        {texts.notOffHelp}
        <ul className={styles.list}>
          {grants.map((g) => (
            <li key={g.id}>
              <Filled text={texts.notOffOne} values={{
                person: <Name of={g.person.name} />, customer: <Name of={g.customer.name} />, account: <Name of={g.user_name ?? texts.noAccount} />, at: <Instant at={g.ending_at ?? g.requested_at} />,
              }} />
            </li>
          ))}
        </ul>
      </MessageBarBody>
    </MessageBar>
  );
}
