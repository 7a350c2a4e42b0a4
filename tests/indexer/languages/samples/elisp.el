;;; notes.el --- Take notes -*- lexical-binding: t; -*-

(require 'cl-lib)

(defcustom notes-directory "~/notes"
  "Where notes live."
  :type 'directory)

(defvar notes--cache nil)

;; Opens today's note.
(defun notes-open (&optional date)
  "Open the note of DATE."
  (interactive)
  (let ((file (notes--file (or date (current-time)))))
    (find-file file)))

(defmacro notes-with-file (file &rest body)
  `(with-current-buffer (find-file-noselect ,file) ,@body))

(provide 'notes)
