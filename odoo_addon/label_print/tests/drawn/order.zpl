
                            
^XA
^FO100,50
^A0N,44,33^FH_^FDA&B <x> "q" 's' _5EXZ_7EJA_5EXA _5F5E _5C& é>;^FS
^FO100,100
^A0N,44,33^FH_^FDLN/SN: L_5EXZ_7EJA_5F5E&1^FS
^FO100,150^BY3
^BCN,100,Y,N,N
^FH_^FDL_5EXZ_7EJA_5F5E&1^FS
^XZ
                            