import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Spinner, makeStyles, tokens } from "@fluentui/react-components";
import { OpenRegular } from "@fluentui/react-icons/svg/open";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, type ReactNode } from "react";
import { api, body } from "../api/client";
import { useNow } from "../api/clock";
import { newIntent } from "../api/intent";
import { takeGrant } from "../api/live";
import type { Grant } from "../api/queries";
import type { components } from "../api/schema.gen";
import { useSessionOver } from "../api/session";
import { Code } from "../parts/Code";
import { CopyButton } from "../parts/CopyButton";
import { CustomerMark } from "../parts/CustomerMark";
import { Filled } from "../parts/Filled";
import { Name } from "../parts/Name";
import { ProblemBox } from "../parts/ProblemBox";
import { useAction } from "../parts/useAction";
import { useMe } from "../shell/me";
import { say } from "../texts/say";
import { texts } from "../texts/grants";

const useStyles = makeStyles({
  title: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalM, overflowWrap: "anywhere" },
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL },
  secrets: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, margin: 0 },
  secret: { "& dt": { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 }, "& dd": { margin: 0, display: "flex", alignItems: "center", justifyContent: "space-between", gap: tokens.spacingHorizontalS, padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`, backgroundColor: tokens.colorNeutralBackground3, borderRadius: tokens.borderRadiusMedium } },
  steps: { margin: 0, paddingInlineStart: tokens.spacingHorizontalXL, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, "& > li::marker": { fontWeight: tokens.fontWeightSemibold } },
  dim: { margin: 0, color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  renew: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
});

type Props = {
  grant: Grant;
  credential: components["schemas"]["Credential"];
  /** Whether it leads through the sign-in at Microsoft, step by step. */
  guided: boolean;
  /** When it is hidden, by the server's clock in ms. */
  until: number;
  /** Reveals it once more. */
  again: () => Promise<void>;
  hide: () => void;
};

/**
 * The credential, for a short time: it is hidden by the clock, when its grant is no longer active and when the session
 * is over. It lives in the state of whoever opened this and nowhere else; hide forgets it.
 */
export function CredentialDialog({ grant: g, credential, guided, until, again, hide }: Props) {
  const styles = useStyles();
  const me = useMe();
  const cache = useQueryClient();
  const left = until - useNow();
  const over = useSessionOver();
  const worthless = g.state !== "active" || over || left <= 0;
  useEffect(() => { if (worthless) hide(); }, [worthless, hide]);

  const intent = useRef(newIntent());
  const renew = useAction(async () => {
    const newer = await intent.current("reissue", (key) => body(api.POST("/api/v1/grants/{id}/reissue", { params: { path: { id: g.id }, header: { "Idempotency-Key": key } } })));
    takeGrant(cache, newer);
    await again();
  });
  const secret = credential.pass ? { what: texts.pass, value: credential.pass } : { what: texts.password, value: credential.password ?? "" };
  const address = `${me.admin_centre_url}/${g.tenant_id}?login_hint=${encodeURIComponent(credential.user_name)}`;
  const open = async () => {
    const copied = navigator.clipboard.writeText(secret.value).catch(() => {}); // it can be selected, too
    window.open(address, "_blank", "noopener,noreferrer");
    await copied;
  };

  const userName = <Secret what={texts.userName} value={credential.user_name} />;
  const secrets = <>{credential.pass && <Secret what={texts.pass} value={credential.pass} />}{credential.password && <Secret what={texts.password} value={credential.password} />}</>;
  return (
    <Dialog open={!worthless} onOpenChange={(_, { open: stay }) => { if (!stay) hide(); }}>
      {/* One press hides the secret, though the first Escape would be for a tooltip that is open. */}
      <DialogSurface onKeyDown={({ key }) => { if (key === "Escape") hide(); }} aria-label={say(guided ? texts.signInAt : texts.credential, { customer: g.customer.name })}>
        <DialogBody>
          <DialogTitle className={styles.title}>
            <CustomerMark customer={g.customer} size={32} />
            <span><Filled text={guided ? texts.signInAt : texts.credential} values={{ customer: <Name of={g.customer.name} /> }} /></span>
          </DialogTitle>
          <DialogContent className={styles.content}>
            {guided ? (
              <ol className={styles.steps}>
                <li>
                  <p>{say(texts.guideOpen, { what: secret.what })}</p>
                  <Button appearance="primary" icon={<OpenRegular />} onClick={open}>{texts.guideOpenButton}</Button>
                </li>
                <li><p>{texts.guidePaste}</p><dl className={styles.secrets}>{userName}{secrets}</dl></li>
                <li><p>{texts.guideStay}</p><p className={styles.dim}>{texts.guideOther}</p></li>
              </ol>
            ) : <dl className={styles.secrets}>{userName}{secrets}</dl>}
            {renew.problem !== undefined && <ProblemBox of={renew.problem} />}
            <div className={styles.renew}>
              <span className={styles.dim}>{texts.newCredentialHelp}</span>
              <Button size="small" icon={renew.working ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={renew.working} onClick={renew.run}>{texts.newCredential}</Button>
            </div>
            <p className={styles.dim} role="timer" aria-live="off">{say(texts.hidesIn, { s: Math.ceil(left / 1000) })}</p>
          </DialogContent>
          <DialogActions><Button onClick={hide}>{texts.hideNow}</Button></DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

const Secret = ({ what, value }: { what: string; value: string }): ReactNode => (
  <div className={useStyles().secret}><dt>{what}</dt><dd><Code>{value}</Code><CopyButton what={what} value={value} /></dd></div>
);
