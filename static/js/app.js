// Every page works without this file. Each hook below improves one thing and stands alone; a template asks for it
// with a data attribute. Texts come from the server in the reader's language: no sentence is written here.

(() => {
  'use strict'

  const all = (selector, root = document) => [...root.querySelectorAll(selector)]
  const token = () => document.querySelector('meta[name=csrf-token]')?.content ?? ''

  // One way to send: same origin, with the token. A redirect means the session has ended, so it counts as a failure.
  async function send(url, body) {
    const answer = await fetch(url, {
      method: 'POST', body, credentials: 'same-origin', redirect: 'error', keepalive: size(body) < 60000,
      headers: {'X-CSRFToken': body.get('csrf_token') || token()},
    })
    if (!answer.ok) throw new Error(answer.status)
    return answer.text()
  }

  // Browsers refuse `keepalive` (a request that outlives its page) for bodies from 64 kB on.
  function size(body) {
    return [...body].reduce((sum, [name, value]) => sum + 3 * (name.length + value.length) + 200, 0)
  }

  // What a form says now, without the token and without files, which are sent only by the person.
  function fields(form) {
    return [...new FormData(form)].filter(([name, value]) => name !== 'csrf_token' && typeof value === 'string')
  }

  // What the person wrote: hidden fields differ from page to page and say nothing about the text.
  function written(form) {
    return JSON.stringify(fields(form).filter(([name]) => form.elements[name]?.type !== 'hidden'))
  }

  function formData(form) {
    const body = new FormData()
    body.set('csrf_token', form.elements.csrf_token?.value ?? token())
    for (const [name, value] of fields(form)) body.append(name, value)
    return body
  }

  // Menus are <details>: the browser opens them, only closing from elsewhere needs a hand.
  function menus() {
    document.addEventListener('click', event => {
      for (const menu of all('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false
    })
    document.addEventListener('keydown', event => {
      if (event.key !== 'Escape') return
      for (const menu of all('details.menu[open]')) {
        menu.open = false
        menu.querySelector('summary').focus()
      }
    })
  }

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
  // stays on this device; [data-draft] offers it back after a lost signal or an ended session.
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
      } catch {
        if (said) said.textContent = said.dataset.kept ?? ''
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

  // <fieldset data-radio-keys>: a marker chooses a level by its figure (1 is the lowest); the arrow keys go from
  // level to level by themselves, as in every group of radio buttons.
  function radioKeys(group) {
    group.addEventListener('keydown', event => {
      const typing = event.target.matches('textarea, select, input:not([type=radio])')
      if (typing || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return
      const level = group.querySelector(`[type=radio][data-key="${event.key}"]`) ?? all('[type=radio]', group)[event.key - 1]
      if (!level) return
      event.preventDefault()
      level.focus()
      level.click()
    })
  }

  // <output data-total="URL"> in a form: the server adds up, so that the sum on the screen is the sum of the rules.
  function total(place) {
    const form = place.closest('form')
    let latest = 0
    form.addEventListener('change', async () => {
      const mine = ++latest
      try {
        const text = await send(place.dataset.total, formData(form))
        if (mine === latest) place.textContent = text
      } catch { /* the sum stays as it was; saving will say what is wrong */ }
    })
  }

  // <section data-section="id"> inside [data-progress-url]: a section counts as read when its end has been on the
  // screen. One that could not be reported is tried again when it is next seen.
  function progress(lesson) {
    const watcher = new IntersectionObserver(seen => {
      for (const {isIntersecting, target} of seen) if (isIntersecting) report(target)
    })
    async function report(end) {
      const body = new FormData()
      body.set('section', end.closest('[data-section]').dataset.section)
      try {
        await send(lesson.dataset.progressUrl, body)
        watcher.unobserve(end)
      } catch { /* seen again, reported again */ }
    }
    for (const section of all('[data-section]', lesson)) watcher.observe(section.lastElementChild ?? section)
  }

  // [data-drop] round a file control: our words instead of the browser's, and the names of what was chosen.
  function drop(box) {
    const control = box.querySelector('input')
    const names = box.querySelector('[data-names]')
    box.classList.add('on')
    control.addEventListener('change', () => {
      names.replaceChildren(...[...control.files].map(file => {
        const line = document.createElement('li')
        line.append(Object.assign(document.createElement('bdi'), {textContent: file.name}))
        return line
      }))
    })
  }

  // [data-check-all] in the head of a table chooses its rows; [data-checked] counts them.
  function checkAll(box) {
    const root = box.closest('form') ?? document
    const rows = () => all('tbody [type=checkbox]', box.closest('table'))
    const count = () => {
      const chosen = rows().filter(row => row.checked).length
      box.checked = chosen > 0 && chosen === rows().length
      box.indeterminate = chosen > 0 && !box.checked
      for (const place of all('[data-checked]', root)) place.textContent = chosen
    }
    box.addEventListener('change', () => {
      for (const row of rows()) row.checked = box.checked
      count()
    })
    root.addEventListener('change', count)
    count()
  }

  menus()
  sendOnce()
  forgetOldDrafts()
  all('form[data-autosave]').forEach(autosave)
  all('[data-radio-keys]').forEach(radioKeys)
  all('[data-total]').forEach(total)
  all('[data-progress-url]').forEach(progress)
  all('[data-drop]').forEach(drop)
  all('[data-check-all]').forEach(checkAll)
})()
