/* What the pages need beyond links, forms and htmx. Nothing here is needed for reading. */
(() => {
  "use strict";

  const NO_CONNECTION = "Ikke gemt: der er ingen forbindelse til serveren. Din tekst står stadig på siden.";
  const NOT_YET_SAVED = "Ikke gemt endnu …";
  const SAVE_NOW = "gem-nu"; // the event an autosaving form listens for when the person is on the way out
  const WIDE = window.matchMedia("(min-width: 62em)");

  const messages = () => document.getElementById("besked");

  // --- Security token -----------------------------------------------------------------------------------------------
  // Read at the moment of sending: a sign-in in another tab changes it, and this page must go on working.
  function csrfToken() {
    const name = document.querySelector('meta[name="csrf-cookie"]')?.content;
    const cookie = document.cookie.split("; ").find((pair) => name && pair.startsWith(name + "="));
    return cookie ? decodeURIComponent(cookie.slice(name.length + 1)) : "";
  }

  document.addEventListener("htmx:configRequest", (event) => {
    const token = csrfToken();
    if (!token || event.detail.verb === "get") return;
    event.detail.headers["X-CSRFToken"] = token;
    if (event.detail.parameters.csrfmiddlewaretoken) event.detail.parameters.csrfmiddlewaretoken = token;
  });

  document.addEventListener("submit", (event) => {
    const field = event.target.querySelector('input[name="csrfmiddlewaretoken"]');
    const token = csrfToken();
    if (field && token) field.value = token;
  }, true);

  // --- Messages -----------------------------------------------------------------------------------------------------
  function tellNoConnection() {
    const alert = document.createElement("div");
    alert.className = "alert alert-error";
    alert.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.className = "alert-text";
    text.textContent = NO_CONNECTION;
    alert.append(text);
    messages()?.replaceChildren(alert);
    messages()?.classList.add("is-failure");
  }
  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, tellNoConnection);

  // A failure stays in sight (it sticks to the top) until the server answers well again.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const box = messages();
    if (!box) return;
    const isFailure = event.detail.isError && event.detail.target === box;
    if (box.classList.contains("is-failure") && !isFailure) box.replaceChildren();
    box.classList.toggle("is-failure", isFailure);
  });

  document.addEventListener("click", (event) => {
    const alert = event.target.closest(".alert-close")?.closest(".alert");
    alert?.parentElement.classList.remove("is-failure");
    alert?.remove();
  });

  // --- Unsaved text -------------------------------------------------------------------------------------------------
  const changes = new WeakMap(); // form -> how many changes since it was last acknowledged as saved
  const sent = new WeakMap(); // request -> [form, the number of changes it carries]
  let leavingFor = ""; // where the person wants to go once the text is saved

  const autosaveForm = (element) => element?.closest?.("form[data-autosave]");
  const unsavedForms = () => [...document.querySelectorAll("form[data-autosave]")].filter((form) => changes.get(form));

  function showUnsaved(form) {
    const state = form.querySelector("[data-autosave-state]") ?? document.querySelector("[data-autosave-state]");
    if (state && state.textContent !== NOT_YET_SAVED) state.textContent = NOT_YET_SAVED;
  }

  function noteChange(event) {
    const form = autosaveForm(event.target);
    if (!form) return;
    leavingFor = "";
    changes.set(form, (changes.get(form) ?? 0) + 1);
    showUnsaved(form);
  }
  document.addEventListener("input", noteChange);
  document.addEventListener("change", noteChange);

  // How many times this page has sent the form: the server tells our newer text from an older one that was delayed.
  function nextSequence(form) {
    const field = form.querySelector('input[name="page_sequence"]');
    if (field) field.value = String(Number(field.value) + 1);
    return field?.value;
  }

  document.addEventListener("htmx:configRequest", (event) => {
    const form = autosaveForm(event.detail.elt);
    if (!form || event.detail.verb === "get") return;
    sent.set(event.detail, [form, changes.get(form) ?? 0]);
    const sequence = nextSequence(form);
    if (sequence) event.detail.parameters.page_sequence = sequence;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const [form, carried] = sent.get(event.detail.requestConfig) ?? [];
    if (!form) return;
    if (!event.detail.successful) {
      leavingFor = "";
      return;
    }
    if ((changes.get(form) ?? 0) !== carried) {
      showUnsaved(form); // something was typed while the answer was on its way
      return;
    }
    changes.delete(form);
    if (leavingFor) window.location.assign(leavingFor);
  });

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    changes.delete(event.target);
    if (autosaveForm(event.target)) nextSequence(event.target);
  });

  window.addEventListener("beforeunload", (event) => {
    if (unsavedForms().length) event.preventDefault();
  });

  // "Use the saved one, throw mine away" means it: no saving and no warning on the way.
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[data-discard]")) unsavedForms().forEach((form) => changes.delete(form));
  }, true);

  // Going to another item saves first; if that fails the person stays, with the text and the reason on the page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".entry-layout a[href], a[data-shortcut]");
    const [form] = unsavedForms();
    const opensHere = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button || link?.target);
    if (!link || !form || !opensHere || event.defaultPrevented || link.getAttribute("href").startsWith("#")) return;
    let isSaving = form.classList.contains("htmx-request");
    const noticeSaving = () => (isSaving = true);
    document.addEventListener("htmx:beforeSend", noticeSaving);
    form.dispatchEvent(new CustomEvent(SAVE_NOW, { bubbles: true }));
    document.removeEventListener("htmx:beforeSend", noticeSaving);
    if (!isSaving) return;
    event.preventDefault();
    leavingFor = link.href;
  });

  // --- Keyboard -----------------------------------------------------------------------------------------------------
  function shortcutOf(event) {
    if (event.ctrlKey && event.key === "Enter") return "submit";
    if (event.altKey && event.key === "PageDown") return "next";
    if (event.altKey && event.key === "PageUp") return "previous";
    return "";
  }

  document.addEventListener("keydown", (event) => {
    const name = shortcutOf(event);
    const target = name && document.querySelector(`[data-shortcut="${name}"]`);
    if (!target || event.repeat) return;
    event.preventDefault();
    target.click();
  });

  // --- Parts of a page: at the start, and when htmx has brought them ------------------------------------------------
  const within = (root, selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];

  // Beside the form the list is open; above it, on a narrow screen, folded.
  const BESIDE_THE_FORM = ".entry-layout > .entry-layout__list";
  function foldList(details) {
    details.open = WIDE.matches;
  }
  WIDE.addEventListener("change", () => document.querySelectorAll(BESIDE_THE_FORM).forEach(foldList));

  function prepare(root) {
    within(root, "form.js-auto-submit").forEach((form) => {
      form.querySelectorAll("[type=submit], button:not([type])").forEach((button) => button.classList.add("is-hidden"));
    });
    within(root, BESIDE_THE_FORM).forEach(foldList);
  }

  // DKFDS.init() on a part would run its page-wide steps again (one more "Mere" in the menu each time).
  const COMPONENTS = {
    ".accordion": "Accordion",
    ".js-dropdown": "Dropdown",
    ".tab-container": "Tabs",
    ".tooltip-wrapper": "Tooltip",
    ".fds-modal": "Modal",
    '[data-module="error-summary"]': "ErrorSummary",
  };

  if (window.DKFDS) window.DKFDS.init();
  prepare(document);
  document.querySelector("[data-focus]")?.focus();

  document.addEventListener("htmx:load", (event) => {
    const part = event.detail.elt;
    if (part === document.body) return;
    prepare(part);
    for (const [selector, name] of Object.entries(COMPONENTS)) {
      if (window.DKFDS?.[name]) within(part, selector).forEach((element) => new window.DKFDS[name](element).init());
    }
    const [focused] = within(part, "[data-focus]");
    const isTyping = autosaveForm(document.activeElement) && document.activeElement.matches("input, select, textarea");
    if (!focused || isTyping) return; // an answer to an autosave must not take the keys from under someone's hands
    if (focused.tabIndex < 0 && !focused.hasAttribute("tabindex")) focused.tabIndex = -1;
    focused.focus();
  });
})();
