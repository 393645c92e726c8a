// Forms: sent once, saved while they are written.

// A second click must not send the work twice. The button is switched off only after the browser has read its
// value; it comes back with the page (Back button), or after a while when the answer was a download.
function sendOnce() {
  const rest = form => {
    delete form.dataset.sent
    for (const button of all('button[data-rests]', form)) {
      button.disabled = false
      delete button.dataset.rests
    }
  }
  document.addEventListener('submit', event => {
    const form = event.target
    if (event.defaultPrevented || form.method !== 'post') return
    if (form.dataset.sent) return event.preventDefault()
    form.dataset.sent = 'yes'
    setTimeout(() => {
      for (const button of all('button:not([disabled]):not([type=button])', form)) {
        button.disabled = true
        button.dataset.rests = ''
      }
    })
    setTimeout(rest, 10000, form)
  })
  addEventListener('pageshow', () => all('form[data-sent]').forEach(rest))
}

// <form data-autosave="URL">: long texts are saved while they are written. Until the server has answered, a copy
// stays on this device; [data-draft] offers it back after a lost signal or an ended session. [data-saved] says how it
// went, with words of its own for an answer that needs them (data-409).
function autosave(form) {
  const said = form.querySelector('[data-saved]')
  const draft = drafts(form)
  let timer, busy, again

  async function save() {
    clearTimeout(timer)
    timer = 0
    if (busy) return (again = true)
    busy = true
    const sent = written(form)
    try {
      const text = await send(form.dataset.autosave, formData(form))
      if (said) said.textContent = text
      if (sent === written(form)) draft.drop()
    } catch (error) {
      if (said) said.textContent = said.dataset[error.message] ?? said.dataset.kept ?? ''
    }
    busy = false
    if (again) {
      again = false
      save()
    }
  }

  form.addEventListener('input', event => {
    if (event.target.type === 'file') return
    draft.keep()
    clearTimeout(timer)
    timer = setTimeout(save, 2000)
  })
  form.addEventListener('focusout', () => timer && save())
  form.addEventListener('submit', () => { // the form itself is on its way: a late copy would overtake the next page
    clearTimeout(timer)
    timer = 0
  })
  // A phone may close a hidden page without a word.
  document.addEventListener('visibilitychange', () => document.hidden && timer && save())
  draft.offer(save)
}

function drafts(form) {
  const key = `draft ${document.body.dataset.person ?? ''} ${form.dataset.autosave}`
  const box = form.querySelector('[data-draft]')
  // Private windows and full disks refuse storage; writing must go on.
  const store = use => { try { return use(localStorage) } catch { return null } }
  const read = () => store(place => JSON.parse(place.getItem(key)).text)
  const drop = () => store(place => place.removeItem(key))
  const keep = () => store(place => place.setItem(key, JSON.stringify({at: Date.now(), text: written(form)})))

  function restore(text) {
    const kept = JSON.parse(text)
    for (const control of form.elements) {
      const values = kept.filter(([name]) => name === control.name).map(([, value]) => value)
      if (control.type === 'radio' || control.type === 'checkbox') control.checked = values.includes(control.value)
      else if (values.length && control.type !== 'file') control.value = values[0]
    }
  }

  function offer(save) {
    const kept = read()
    if (!kept) return
    // The same text in the form may be the server's, or the browser's own memory of the page: sending it is safe.
    if (kept === written(form)) return save()
    if (!box) return
    box.hidden = false
    box.addEventListener('click', event => {
      const choice = event.target.closest('[data-draft-use], [data-draft-drop]')
      if (!choice) return
      if ('draftUse' in choice.dataset) {
        restore(kept)
        form.dispatchEvent(new Event('change'))
        save()
      } else drop()
      box.hidden = true
    })
  }

  return {keep, drop, offer}
}

// A draft whose form never came back must not stay on a shared computer for ever.
function forgetOldDrafts() {
  const month = 30 * 24 * 3600 * 1000
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith('draft ') && JSON.parse(localStorage[key]).at < Date.now() - month) localStorage.removeItem(key)
    }
  } catch { /* no storage, no drafts */ }
}

sendOnce()
forgetOldDrafts()
all('form[data-autosave]').forEach(autosave)
