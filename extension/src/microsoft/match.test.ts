import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mismatch, type Wanted } from "./match";
import { signInOrigin, signInOrigins } from "./origins";
import { isAt, places, type Place } from "./places";

const tenant = "7f0ad7a5-2a44-4d3c-9f1e-0a3a5f1f0001", other = "7f0ad7a5-2a44-4d3c-9f1e-0a3a5f1f0002";
const wanted: Wanted = { userName: "tech7@contoso.onmicrosoft.com", tenant, origins: [...signInOrigins] };
const at = (address: string, account = wanted.userName) => mismatch(wanted, { address, account });
const login = "https://login.microsoftonline.com";

test.each([
  `${login}/${tenant}/oauth2/v2.0/authorize?login_hint=x`, `${login}/${tenant.toUpperCase()}/login`, `${login}/common/login`, `${login}/organizations/oauth2/v2.0/authorize`,
  `${login}/kmsi`, `${login}/contoso.onmicrosoft.com/login`, `https://login.microsoftonline.us/${tenant}/login`, `https://login.partner.microsoftonline.cn/${tenant}/login`,
])("right-tenant: filled at %s", (address) => expect(at(address)).toBeUndefined());

test.each([
  `http://login.microsoftonline.com/${tenant}/login`, `https://login.microsoftonline.com:8443/${tenant}/login`, `https://login.microsoftonline.com.evil.example/${tenant}`,
  `https://login.microsoft0nline.com/${tenant}`, `https://evil.example/https://login.microsoftonline.com/${tenant}`, `https://xlogin.microsoftonline.com/${tenant}`,
  `https://login.microsoftonline.com@evil.example/${tenant}`, `https://login.microsoftonline.com%2eevil.example/${tenant}`, "https://logіn.microsoftonline.com/common", "about:blank",
  "data:text/html,login.microsoftonline.com", "blob:https://login.microsoftonline.com.evil.example/1", "", "https://login.microsoftonline.com.", "file:///login.microsoftonline.com",
])("a look-alike gets nothing: %s", (address) => expect(at(address)).toBe("look_alike"));

test("an origin that the server did not name gets nothing", () => {
  expect(mismatch({ ...wanted, origins: ["https://login.microsoftonline.us"] }, { address: `${login}/${tenant}/login`, account: wanted.userName })).toBe("look_alike");
});

test.each([`${login}/${other}/login`, `${login}/fabrikam.onmicrosoft.com/login`, `${login}/consumers/login`])("another tenant gets nothing: %s", (address) => {
  expect(at(address)).toBe("other_tenant");
});

test("another account gets nothing, capitals are the same account", () => {
  expect(at(`${login}/common/login`, " TECH7@Contoso.onmicrosoft.com ")).toBeUndefined();
  for (const account of ["", "tech7@fabrikam.onmicrosoft.com", "tech77@contoso.onmicrosoft.com", "tech7@contoso.onmicrosoft.com.evil.example", "tеch7@contoso.onmicrosoft.com"]) {
    expect(at(`${login}/common/login`, account), account).toBe("other_account");
  }
});

test("a sign-in origin is the whole origin", () => {
  expect(signInOrigin(`${login}/x`)).toBe(login);
  expect(signInOrigin("https://login.live.com/x")).toBeUndefined();
});

test("a place is opened on its own origins alone", () => {
  expect(isAt("entra", "https://entra.microsoft.com/t?login_hint=x")).toBe(true);
  expect(isAt("entra", "https://portal.azure.com/t")).toBe(false);
  expect(isAt("entra", "javascript:alert(1)//entra.microsoft.com")).toBe(false);
  expect(Object.values(places).flatMap(({ origins }) => origins).every((origin) => new URL(origin).origin === origin)).toBe(true);
});

const server = readFileSync(new URL("../../../internal/access/extension.go", import.meta.url), "utf8");

test("the server has the same sign-in origins", () => {
  const theirs = /var signInOrigins = \[\]string\{([^}]+)\}/.exec(server)![1]!.match(/https:[^"]+/g);
  expect(theirs).toEqual(signInOrigins);
});

test("the server opens the same places on the same origins", () => {
  const names = new Map([...server.matchAll(/(To\w+) +Destination = "(\w+)"/g)].map(([, go, name]) => [go, name!]));
  expect([...names.values()].sort()).toEqual(Object.keys(places).sort());
  const theirs = [...server.matchAll(/\{(To\w+), "(https:[^"]+)"\}/g)].map(([, go, address]) => ({ place: names.get(go) as Place, address: address! }));
  expect(theirs.length).toBeGreaterThan(10);
  for (const { place, address } of theirs) expect(isAt(place, address), address).toBe(true);
  const known = theirs.map(({ address }) => new URL(address).origin).sort();
  expect(Object.values(places).flatMap(({ origins }) => origins).sort()).toEqual(known);
});
