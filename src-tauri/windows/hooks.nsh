; What the bundler's installer does not know: the session is in the Credential Manager. Whoever has the app's data deleted with the app
; is signed out first, at the provider, too. Not with an update, and not in a silent removal, which asks nobody.
!macro NSIS_HOOK_PREUNINSTALL
  ${If} $DeleteAppDataCheckboxState = 1
  ${AndIf} $UpdateMode <> 1
    DetailPrint '"${MAINBINARYNAME}.exe" sign-out'
    ExecWait '"$INSTDIR\${MAINBINARYNAME}.exe" sign-out'
  ${EndIf}
!macroend
