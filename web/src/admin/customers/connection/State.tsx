import { Badge, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { CopyButton } from "../../../parts/CopyButton";
import { Filled } from "../../../parts/Filled";
import { Instant } from "../../../parts/Instant";
import { texts } from "../../../texts/customers";
import { count, say } from "../../../texts/say";
import { Fact, Facts } from "../../Facts";
import type { Connection } from "../../queries";
import { useCardStyles } from "../../styles";
import { ConnectionBadge } from "../ConnectionBadge";

/** Which tenant, by which app, until when. */
export function State({ connection: c, actions }: { connection: Connection; actions: ReactNode }) {
  const cards = useCardStyles();
  return (
    <section className={cards.card} aria-labelledby="state">
      <div className={cards.head}><h2 id="state" className={cards.title}>{texts.state}</h2>{actions}</div>
      <div className={cards.row}><ConnectionBadge state={c.state} /><span>{texts[`${c.state}Help`]}</span></div>
      {c.app && <KeyEnd of={c.app} />}
      {c.tenant_id && (
        <Facts>
          <Fact name={texts.tenant}><code>{c.tenant_id}</code><CopyButton what={texts.copyTenant} value={c.tenant_id} /></Fact>
          <Fact name={texts.domain}>{c.account_domain || <span className={cards.dim}>{texts.noDomain}</span>}</Fact>
          <Fact name={texts.lastAsked}>{c.verified_at ? <Instant at={c.verified_at} /> : texts.neverAsked}</Fact>
          {c.app && <App of={c.app} />}
        </Facts>
      )}
    </section>
  );
}

type App = NonNullable<Connection["app"]>;

function App({ of: app }: { of: App }) {
  return (
    <>
      <Fact name={texts.app}>{app.of_customer ? texts.appOwn : texts.appShared}</Fact>
      <Fact name={texts.clientId}><code>{app.client_id}</code><CopyButton what={texts.copyClient} value={app.client_id} /></Fact>
      <Fact name={texts.key}>
        <span>{app.expires_at ? <Filled text={texts.keyEndsAt} values={{ key: texts[app.kind], at: <Instant at={app.expires_at} /> }} /> : say(texts.keyEndUnknown, { key: texts[app.kind] })}</span>
        {app.expired && <Badge color="danger">{texts.keyExpired}</Badge>}
        {!app.expired && app.expires_within_days !== undefined && <Badge color="warning" appearance="tint">{count(texts.keySoon, app.expires_within_days)}</Badge>}
      </Fact>
      {app.thumbprint && <Fact name={texts.thumbprint}><code>{app.thumbprint}</code></Fact>}
    </>
  );
}

function KeyEnd({ of: app }: { of: App }) {
  if (!app.expired && app.expires_within_days === undefined) return null;
  return (
    <MessageBar intent={app.expired ? "error" : "warning"} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{say(app.expired ? texts.keyExpiredTitle : texts.keySoonTitle, { key: texts[app.kind].toLowerCase() })}</MessageBarTitle>
        {app.of_customer ? texts.keyOwnHelp : texts.keySharedHelp}
      </MessageBarBody>
    </MessageBar>
  );
}
