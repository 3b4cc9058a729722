// Microsoft's sign-in page at each of its steps, cut down to its structure: ids, names and what is hidden.

const hidden = 'class="moveOffScreen" tabindex="-1" aria-hidden="true"';
const account = (name: string) => `<div class="identity"><button type="button" id="idBtn_Back" aria-label="Back"></button><div id="displayName">${name}</div></div>`;
const next = '<input type="submit" id="idSIButton9" value="Next">';
const form = (content: string) => `<form id="i0281" name="f1" method="post"><div id="view">${content}</div></form>`;

export const pages = {
  userName: form(`<div id="usernameError" role="alert" hidden></div><input type="email" name="loginfmt" id="i0116"><input name="passwd" type="password" id="i0118" ${hidden}>${next}`),
  unknownUser: form(`<div id="usernameError" role="alert">We couldn't find an account with that username.</div><input type="email" name="loginfmt" id="i0116">${next}`),
  password: (name: string) => form(`${account(name)}<input type="text" name="loginfmt" id="i0116" ${hidden}><div id="passwordError" hidden></div><input name="passwd" type="password" id="i0118"><button type="button" id="switchToPass">Use a pass</button>${next}`),
  pass: (name: string) => form(`${account(name)}<div id="passwordError" hidden></div><input name="accesspass" type="password" id="accesspass"><button type="button" id="switchToPassword">Use your password</button>${next}`),
  wrongPass: (name: string) => form(`${account(name)}<div id="passwordError" role="alert">Your Temporary Access Pass is incorrect.</div><input name="accesspass" type="password">${next}`),
  disabled: form('<div id="displayName">x@contoso.example</div><p id="exceptionMessageContainer" role="alert">Your account has been locked. (AADSTS50057)</p>'),
  code: form(`${account("x@contoso.example")}<input name="otc" type="tel" id="idTxtBx_SAOTCC_OTC"><input type="submit" id="idSubmit_SAOTCC_Continue">`),
  more: form(`${account("x@contoso.example")}<p id="ProofUpDescription">Your organization needs more information. (AADSTS50079)</p>`),
  stay: (name: string) => form(`<div id="displayName">${name}</div><div id="KmsiDescription"></div><input type="checkbox" id="KmsiCheckboxField"><input type="button" id="idBtn_Back" value="No"><input type="submit" id="idSIButton9" value="Yes">`),
  picker: (...names: string[]) => `<div id="tilesHolder">${names.map((name) => `<div class="row tile"><div class="table" role="button" data-test-id="${name}"><div>Grace</div><div><small>${name}</small></div><div>Signed in</div></div><div class="menu" role="button" aria-label="Open menu"></div></div>`).join("")}<div class="row tile"><div role="button" id="otherTile" data-test-id="otherTile"><div id="otherTileText">Use another account</div></div></div></div>`,
  nothing: "<main><h1>Redirecting</h1></main>",
  foreign: '<form><input type="text" name="answer"><button>Go on</button></form>',
} as const;
