// Ties the forms of passkeys to allauth's scripts. Without script the forms stay hidden and every other way works.
const form = document.querySelector("[data-passkey]");

if (form && window.PublicKeyCredential && window.allauth) {
  const ids = { credential: "passkey-credential" };
  const options = form.dataset.options ? JSON.parse(form.dataset.options) : {};
  const makers = {
    login: () => window.allauth.webauthn.forms.loginForm({ ids: { ...ids, login: "passkey-button" } }),
    authenticate: () =>
      window.allauth.webauthn.forms.authenticateForm({ ids: { ...ids, authenticate: "passkey-button" }, data: options }),
    add: () =>
      window.allauth.webauthn.forms.addForm({
        ids: { ...ids, add: "passkey-button", passwordless: "id_passwordless" },
        data: options,
      }),
  };
  makers[form.dataset.passkey]();
  form.hidden = false;

  const failed = form.querySelector("[data-passkey-failed]");
  form.querySelector("#passkey-button").addEventListener("click", () => { failed.hidden = true; });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    failed.hidden = false;
  });
}
