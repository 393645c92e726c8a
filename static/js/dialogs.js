// Questions and short messages.

// <a data-confirm>: the page that asks before a step is shown as a dialog over this one. Whatever goes wrong on the
// way, the link is followed; the browser itself keeps the focus inside, closes at Escape and gives the focus back.
async function ask(link) {
  try {
    const answer = await fetch(link.href, {credentials: 'same-origin', redirect: 'error'})
    const box = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('dialog')
    if (!answer.ok || !box) throw new Error(answer.status)
    for (const name of ['id', 'for', 'aria-labelledby', 'aria-describedby']) {
      for (const one of [box, ...all(`[${name}]`, box)]) {
        const names = one.getAttribute(name)
        if (names) one.setAttribute(name, names.replace(/\S+/g, 'ask-$&')) // this page may have the same
      }
    }
    for (const form of all('form:not([action])', box)) form.action = link.href
    box.open = false
    box.addEventListener('close', () => box.remove())
    box.addEventListener('click', event => {
      if (!event.target.closest('a[data-back]')) return
      event.preventDefault()
      box.close()
    })
    document.body.append(box)
    box.showModal()
  } catch { location.href = link.href }
}

// A message that needs no answer: said by a screen reader, gone after a while.
const voice = document.createElement('div')
Object.assign(voice, {className: 'toast', role: 'status'})
document.body.append(voice)
let voiceTimer
function toast(text) {
  voice.textContent = text
  clearTimeout(voiceTimer)
  voiceTimer = setTimeout(() => { voice.textContent = '' }, 6000)
}

// <button data-copy="text" data-done="what is said then" hidden>
function copier(button) {
  button.hidden = !navigator.clipboard
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    toast(button.dataset.done)
  })
}

document.addEventListener('click', event => {
  const link = event.target.closest('a[data-confirm]')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  ask(link)
})
all('[data-copy]').forEach(copier)
