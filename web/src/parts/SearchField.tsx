import { SearchBox, type SearchBoxProps } from "@fluentui/react-components";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";

const rest = 200; // ms without a key, after which what is typed is looked for

type Props = Omit<SearchBoxProps, "value" | "onChange" | "aria-label"> & { label: string; value: string; onSearch: (text: string) => void };

/**
 * A search that stands in the address. It shows each key at once; what follows from it, which may be a thousand rows drawn
 * anew, comes when the fingers rest.
 */
export function SearchField({ label, value, onSearch, ...more }: Props) {
  const router = useRouter();
  const [typed, setTyped] = useState(value);
  const [sent, setSent] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (value !== sent) { // neither ours nor one of before: Back, or a link, has changed it
      setTyped(value);
      setSent(value);
    }
  }
  const look = useEffectEvent(() => {
    // Whoever pressed a link meanwhile, whose page is still on its way, is not fetched back.
    const { location, resolvedLocation } = router.state;
    if (location.pathname !== (resolvedLocation ?? location).pathname) return;
    setSent(typed);
    onSearch(typed);
  });
  useEffect(() => {
    if (typed === sent) return;
    const timer = setTimeout(look, typed === "" ? 0 : rest);
    return () => clearTimeout(timer);
  }, [typed, sent]);
  return <SearchBox {...more} aria-label={label} placeholder={label} value={typed} onChange={(_, { value }) => setTyped(value)} />;
}
