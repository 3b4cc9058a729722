import { Toaster as FluentToaster } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import { texts } from "../texts/shell";

/** Where toasts appear: a landmark, so that whoever goes from one to the next finds them. */
export function Toaster({ id, onThere }: { id: string; onThere: () => void }) {
  const [place, setPlace] = useState<HTMLElement | null>(null);
  useEffect(() => { if (place) onThere(); }, [place, onThere]);
  return (
    <>
      <div ref={setPlace} role="region" aria-label={texts.news} />
      <FluentToaster toasterId={id} mountNode={place} position="bottom-end" pauseOnHover pauseOnWindowBlur timeout={6000} limit={4} />
    </>
  );
}
