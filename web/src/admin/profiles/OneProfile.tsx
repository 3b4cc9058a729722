import { Button, MessageBar, MessageBarBody, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { api, body } from "../../api/client";
import { liveQuery } from "../../api/queries";
import { Filled } from "../../parts/Filled";
import { FormDialog } from "../../parts/FormDialog";
import { Name } from "../../parts/Name";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { useAction } from "../../parts/useAction";
import { useDraft } from "../../parts/useDraft";
import { holds, useMe } from "../../shell/me";
import { useToasts } from "../../shell/toasts";
import { texts } from "../../texts/profiles";
import { count, say } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { ifMatch, profileQuery, setupKey, type Profile } from "../queries";
import { useCardStyles } from "../styles";
import { useChange } from "../useChange";
import { ProfileForm } from "./ProfileForm";

const route = getRouteApi("/signed-in/admin/profiles/$id");

export function OneProfile() {
  const { id } = route.useParams();
  const { data: profile, error, refetch } = useQuery(profileQuery(id));
  if (error && !profile) return <Page title={texts.profiles}><ProblemBox of={error} retry={() => void refetch()} /></Page>;
  if (!profile) return <Page title={texts.profiles}><Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton></Page>;
  return <Shown key={profile.id} profile={profile} />;
}

function Shown({ profile }: { profile: Profile }) {
  const cache = useQueryClient();
  const toasts = useToasts();
  const admin = holds(useMe(), "admin");
  const [retiring, setRetiring] = useState(false);
  const draft = useDraft(profile, ({ rules }) => rules);
  const save = useAction(async () => {
    try {
      const saved = await body(api.PUT("/api/v1/profiles/{id}", { params: { path: { id: profile.id }, header: ifMatch(draft.base) }, body: draft.fields }));
      draft.take(saved);
      cache.setQueryData(profileQuery(profile.id).queryKey, saved);
      toasts.done(texts.saved);
    } finally {
      void cache.invalidateQueries({ queryKey: setupKey });
    }
  });
  return (
    <Page title={profile.rules.name} about={profile.retired ? undefined : texts.onlyNew} actions={admin && !profile.retired && <Button onClick={() => setRetiring(true)}>{texts.retire}</Button>}>
      {profile.retired && <MessageBar intent="warning" layout="multiline"><MessageBarBody>{texts.retiredBox}</MessageBarBody></MessageBar>}
      <ProfileForm title={texts.profile} draft={draft} save={save} known={profile.roles} readOnly={!admin || profile.retired} />
      {retiring && <Retire profile={profile} close={() => setRetiring(false)} />}
    </Page>
  );
}

function Retire({ profile, close }: { profile: Profile; close: () => void }) {
  const cards = useCardStyles();
  const { data: live = [] } = useQuery(liveQuery);
  const going = live.filter((g) => g.profile.id === profile.id).length;
  const retire = useChange(say(texts.retiredNow, { name: profile.rules.name }), close, () => api.POST("/api/v1/profiles/{id}/retire", { params: { path: { id: profile.id } } }));
  return (
    <FormDialog title={<Filled text={texts.retireTitle} values={{ name: <Name of={profile.rules.name} /> }} />} button={texts.retire} action={retire} close={close}>
      <p className={cards.line}>{texts.retireAbout}</p>
      {going > 0 && <p className={cards.line}><strong>{count(texts.retireLive, going)}</strong></p>}
    </FormDialog>
  );
}
