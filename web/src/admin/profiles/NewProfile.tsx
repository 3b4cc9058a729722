import { Skeleton, SkeletonItem, ToggleButton } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { api, body } from "../../api/client";
import { newIntent } from "../../api/intent";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { useAction } from "../../parts/useAction";
import { useDraft } from "../../parts/useDraft";
import { useToasts } from "../../shell/toasts";
import { texts } from "../../texts/profiles";
import { say } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { profileTemplatesQuery, setupKey, type ProfileRules } from "../queries";
import { useCardStyles } from "../styles";
import { ProfileForm } from "./ProfileForm";

const route = getRouteApi("/signed-in/admin/profiles/new");

const blank: ProfileRules = {
  name: "", roles: [], credential: "pass", default_lifetime_seconds: 3600, maximum_lifetime_seconds: 4 * 3600,
  reason_required: true, ticket_required: false, approval_required: false,
};

/** A profile from a ready-made one; which, stands in the address. */
export function NewProfile() {
  const cards = useCardStyles();
  const navigate = route.useNavigate();
  const { from } = route.useSearch();
  const { data: templates, error, refetch } = useQuery(profileTemplatesQuery);
  const start = templates?.find((t) => t.name === from);
  const choose = (name?: string) => navigate({ search: { from: name }, replace: true, resetScroll: false });
  return (
    <Page title={texts.newProfile} about={texts.newProfileAbout}>
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!templates && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      {templates && (
        <>
          <div className={cards.row} role="group" aria-label={texts.startFrom}>
            <span className={cards.dim}>{texts.startFrom}</span>
            {templates.map((t) => <ToggleButton key={t.name} shape="circular" checked={start === t} onClick={() => choose(t.name)}>{t.name}</ToggleButton>)}
            <ToggleButton shape="circular" checked={!start} onClick={() => choose()}>{texts.blank}</ToggleButton>
          </div>
          <Fresh key={start?.name ?? ""} start={start ?? blank} />
        </>
      )}
    </Page>
  );
}

function Fresh({ start }: { start: ProfileRules }) {
  const cache = useQueryClient();
  const toasts = useToasts();
  const navigate = route.useNavigate();
  const [from] = useState(() => ({ revision: 0, rules: start }));
  const draft = useDraft(from, ({ rules }) => rules);
  const [send] = useState(newIntent);
  const save = useAction(async () => {
    const added = await send(draft.fields, (key) => body(api.POST("/api/v1/profiles", { params: { header: { "Idempotency-Key": key } }, body: draft.fields })));
    await cache.invalidateQueries({ queryKey: setupKey });
    toasts.done(say(texts.created, { name: added.rules.name }));
    await navigate({ to: "/admin/profiles" });
  });
  return <ProfileForm title={texts.newProfile} draft={draft} save={save} fresh />;
}
